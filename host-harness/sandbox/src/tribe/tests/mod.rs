#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod login;
mod reading;
mod watching;
mod writing;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use super::*;

const NOW: Instant = Instant::from_millis(1_772_442_005_123);

fn seconds(count: u64) -> Instant {
    NOW.plus(Duration::from_secs(count))
}

/// A client that has logged in.
struct Client {
    tribe: Tribe,
    token: String,
    now: Instant,
}

impl Client {
    fn new(character: Character) -> Self {
        let mut tribe = Tribe::new(Tenant::default(), character);
        let answer = token(&mut tribe, NOW, "grant_type=client_credentials&scope=read%20write");
        Self { token: answer.json()["access_token"].as_str().unwrap().to_owned(), tribe, now: NOW }
    }

    fn request(&mut self, request: Request) -> Response {
        let request = request.with_header("Authorization", format!("Bearer {}", self.token));
        self.tribe.handle(self.now, &request)
    }

    fn get(&mut self, target: &str) -> Response {
        self.request(Request::new("GET", format!("/v1/odata/{}", target.replace(' ', "%20"))))
    }

    fn values(&mut self, target: &str) -> Vec<Value> {
        let answer = self.get(target);
        assert_eq!(answer.status, 200, "{target}: {}", answer.json());
        answer.json()["value"].as_array().unwrap().clone()
    }

    fn write(&mut self, method: &str, target: &str, body: &Value) -> Response {
        self.request(Request::new(method, format!("/v1/odata/{target}")).with_json(body))
    }

    fn made(&mut self, set: &str, body: &Value) -> Value {
        let answer = self.write("POST", set, body);
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()
    }
}

fn token(tribe: &mut Tribe, now: Instant, grant: &str) -> Response {
    let mut request = Request::new("POST", "/oauth2/token");
    request.body = format!("{grant}&client_id=sandbox-client&client_secret=sandbox-secret").into_bytes();
    tribe.handle(now, &request)
}

fn id(entity: &Value) -> String {
    entity["ID"].as_str().unwrap().to_owned()
}
