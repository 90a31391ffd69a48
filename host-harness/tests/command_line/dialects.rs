//! A dialect is drafted from saved answers and checked on them; of a recording nothing is printed but names and counts.

use serde_json::json;

use super::*;

/// What is secret in the recordings.
const SECRETS: [&str; 3] = ["canary-key-1", "canary-cookie-2", "canary-login-3"];
/// What is a client's in them.
const VALUES: [&str; 6] = ["Kwikstaart", "Merel", "post@kwikstaart.example", "1015 CS", "020 555 01 01", "Lijsterpad"];

fn customers() -> Value {
    json!({"customers": [
        {"id": 71, "type": "Business", "companyName": "Kwikstaart B.V.", "email": "post@kwikstaart.example",
            "phone": "020 555 01 01", "kvk": "01234567", "active": true, "updatedAt": "2026-01-02T03:04:05Z",
            "visitingAddress": {"street": "Lijsterpad", "houseNumber": 12, "zipCode": "1015 CS", "city": "Zwaluwdorp"}},
        {"id": 72, "type": "Consumer", "name": "Merel Kanarie", "email": null, "phone": "", "active": false,
            "updatedAt": "2026-01-02T03:04:06Z", "shoeSize": 41},
    ], "next": null})
}

/// An entry of a recording, with secrets wherever a browser keeps them.
fn entry(target: &str, content: Value) -> Value {
    let [key, cookie, login] = SECRETS;
    json!({
        "request": {
            "method": "GET", "url": format!("https://user:{login}@ac.example{target}"),
            "headers": [
                {"name": "X-Api-Key", "value": key}, {"name": "Cookie", "value": format!("session={cookie}")},
                {"name": "Authorization", "value": format!("Bearer {login}")},
            ],
            "cookies": [{"name": "session", "value": cookie}],
        },
        "response": {
            "status": 200, "content": content,
            "headers": [{"name": "Set-Cookie", "value": format!("session={cookie}")}],
            "cookies": [{"name": "session", "value": cookie}],
        },
    })
}

fn with_body(body: &Value) -> Value {
    json!({"mimeType": "application/json", "text": body.to_string()})
}

fn recording(folder: &Path, entries: &[Value]) -> String {
    saved(folder, "saved.har", &json!({"log": {"entries": entries}}).to_string())
}

fn saved(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

fn says_nothing_of_anyone(output: &Output) {
    for text in SECRETS.into_iter().chain(VALUES) {
        assert!(!both(output).contains(text), "{text} was printed: {}", both(output));
    }
}

fn drafted(folder: &Path, samples: &str) -> (String, Value) {
    let output = succeed(folder, &["dialect", "draft", "--samples", samples]);
    says_nothing_of_anyone(&output);
    let document = json(&output);
    (saved(folder, "mine-dialect.json", &document.to_string()), document)
}

#[test]
fn what_is_drafted_from_a_recording_finds_its_fields_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let list = "/v1/12345/customers?limit=50&updatedSince=2026-01-02T03:04:05Z";
    let of_one = "/v1/12345/customers/71";
    let entries = [
        entry(list, with_body(&customers())),
        entry(of_one, with_body(&customers()["customers"][0])),
        entry("/app/canary-key-1/menu", with_body(&json!({"items": []}))),
    ];
    let samples = recording(folder.path(), &entries);
    let (file, document) = drafted(folder.path(), &samples);
    assert_eq!(document["relations"]["lists"][0]["single"], "/v1/{office}/customers/{id}");
    assert_eq!(document["server"]["key"], "bearer");

    let output = succeed(folder.path(), &["dialect", "check", &file, "--samples", &samples]);
    says_nothing_of_anyone(&output);
    let said = both(&output);
    let line = |name: &str| said.lines().find(|line| line.contains(name)).unwrap_or_default().to_owned();
    assert!(line("bedrijfsnaam").contains("/companyName") && line("bedrijfsnaam").contains("2 of 2"), "{said}");
    assert!(line("website").contains("not in this dialect"), "{said}");
    assert!(said.contains("The dialect has no contact persons"), "{said}");
    assert!(line("Members that nothing reads").contains("shoeSize"), "{said}");
    assert!(said.contains("1 at no address of the dialect: GET /app/{}/menu"), "{said}");

    let output = succeed(folder.path(), &["dialect", "check", &file, "--samples", &samples, "--json"]);
    says_nothing_of_anyone(&output);
    let told = json(&output);
    assert_eq!((&told["records"]["organisation"], &told["records"]["private-person"]), (&json!(2), &json!(1)));
    assert_eq!((&told["has-contact-persons"], &told["unread-members"]), (&json!(false), &json!(["shoeSize"])));
}

#[test]
fn answers_in_a_folder_do_as_well_and_what_is_no_json_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let samples = folder.path().join("samples");
    fs::create_dir(&samples).unwrap();
    saved(&samples, "list.json", &customers().to_string());
    saved(&samples, "cut-off.json", "{\"customers\": [{\"id\": 71, \"name\": \"Kwikstaart");
    saved(&samples, "readme.txt", "Kwikstaart");
    let samples = samples.to_str().unwrap();
    let (file, _) = drafted(folder.path(), samples);
    let output = succeed(folder.path(), &["dialect", "check", &file, "--samples", samples]);
    says_nothing_of_anyone(&output);
    assert!(both(&output).contains("1 answers, in which") && both(&output).contains("1 files or answers are no JSON"));
    let built_in = saved(folder.path(), "assumed.json", dialect::BUILT_IN);
    let output = koppeling(folder.path(), &["dialect", "check", &built_in, "--samples", samples]);
    assert_eq!(code(&output), 3, "a dialect of others finds nothing: {}", both(&output));
}

#[test]
fn samples_without_contact_persons_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(folder.path(), "assumed.dialect", dialect::BUILT_IN);
    saved(folder.path(), "list.json", r#"{"relaties": [{"id": "1", "soort": "bedrijf"}]}"#);
    let samples = folder.path().to_str().unwrap();
    let said = both(&succeed(folder.path(), &["dialect", "check", &file, "--samples", samples]));
    assert!(said.contains("The samples have no contact persons"), "{said}");
    let said = both(&succeed(folder.path(), &["dialect", "check", &file]));
    assert!(said.contains("holds") && !said.contains("no contact persons"), "{said}");
}

#[test]
fn a_dialect_by_which_no_relation_can_be_read_is_told_and_ends_with_another_code() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = dialect::BUILT_IN.replacen("\"/soort\"", "\"/nergens\"", 1);
    let file = saved(folder.path(), "mine.dialect", &nowhere);
    saved(
        folder.path(),
        "list.json",
        r#"{"relaties": [{"id": "1", "soort": "bedrijf"}, {"id": "2", "soort": "bedrijf"}]}"#,
    );
    let output = koppeling(folder.path(), &["dialect", "check", &file, "--samples", folder.path().to_str().unwrap()]);
    assert_eq!(code(&output), 3);
    let said = both(&output);
    assert!(said.contains("No relation can be read: none of 2 says of which kind it is."), "{said}");
}

#[test]
fn a_date_in_another_form_is_told_to_be_read_and_written_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(folder.path(), "assumed.dialect", dialect::BUILT_IN);
    saved(folder.path(), "list.json", r#"{"relaties": [{"id": "1", "soort": "bedrijf"}]}"#);
    let person = r#"{"contactpersonen": [{"id": "1", "achternaam": "Kwikstaart", "geboortedatum": "31-01-1980"}]}"#;
    saved(folder.path(), "persons.json", person);
    let samples = folder.path().to_str().unwrap();
    let said = both(&succeed(folder.path(), &["dialect", "check", &file, "--samples", samples]));
    assert!(
        said.contains("1 records have a geboortedatum in another form than the dialect says: it is read"),
        "{said}"
    );
}

#[test]
fn a_draft_that_cannot_tell_how_a_list_goes_on_says_what_to_fill_in() {
    let folder = tempfile::tempdir().unwrap();
    let samples = folder.path().join("samples");
    fs::create_dir(&samples).unwrap();
    let mut list = customers();
    list["total"] = json!(57);
    list.as_object_mut().unwrap().remove("next");
    saved(&samples, "list.json", &list.to_string());
    let samples = samples.to_str().unwrap();
    let output = succeed(folder.path(), &["dialect", "draft", "--samples", samples]);
    let said = both(&output);
    assert!(said.contains("The draft holds once /relations/lists/0/paging is filled in"), "{said}");
    let file = saved(folder.path(), "mine.json", &json(&output).to_string());
    let output = koppeling(folder.path(), &["dialect", "check", &file, "--samples", samples]);
    assert_eq!(code(&output), 3);
    assert!(both(&output).contains("/relations/lists/0/paging: choose one of"), "{}", both(&output));
}

#[test]
fn numbers_of_any_size_are_counted_like_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(folder.path(), "assumed.dialect", dialect::BUILT_IN);
    let huge =
        r#"{"relaties": [{"id": 99999999999999999999999999, "soort": "bedrijf", "kvk": 1e308, "gewijzigd": -1e300}]}"#;
    saved(folder.path(), "list.json", huge);
    saved(folder.path(), "too-huge.json", r#"[{"id": 1e999}]"#);
    let samples = folder.path().to_str().unwrap();
    let told = json(&succeed(folder.path(), &["dialect", "check", &file, "--samples", samples, "--json"]));
    let field = |name: &str| told["fields"].as_array().unwrap().iter().find(|field| field["field"] == name).unwrap();
    assert_eq!((&field("kvk")["number"], &field("kvk")["not-understood"]), (&json!(1), &json!(1)), "{told}");
    assert_eq!(field("changed")["not-understood"], 1, "{told}");
}

#[test]
fn samples_that_cannot_be_used_end_with_one_sentence_that_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let file = saved(data, "assumed.dialect", dialect::BUILT_IN);
    let empty = data.join("empty");
    fs::create_dir(&empty).unwrap();
    let html = json!({"mimeType": "text/html", "text": "<p>Kwikstaart</p>"});
    let of_html = recording(data, &[entry("/", html.clone()), entry("/a", html)]);
    let of_html = fs::rename(&of_html, data.join("html.har")).map(|()| data.join("html.har")).unwrap();
    let bodiless = json!({"mimeType": "application/json"});
    let without_bodies = recording(data, &[entry("/v1/customers", bodiless)]);
    let broken = saved(data, "broken.har", "{\"log\": {\n\"entries\": [\"Kwikstaart canary-key-1");
    let no_samples = saved(data, "list.txt", "Kwikstaart");
    for (samples, says) in [
        (empty.to_str().unwrap(), "holds no saved answers"),
        (of_html.to_str().unwrap(), "2 files or answers are no JSON"),
        (&without_bodies, "1 answers came without their body: save the recording with its contents"),
        (&broken, "this is no recording of a browser (HAR), or it is cut off: line 2"),
        (&no_samples, "is neither a folder nor a recording"),
        (data.join("nowhere").to_str().unwrap(), "cannot be read"),
    ] {
        for arguments in
            [&["dialect", "check", &file, "--samples", samples][..], &["dialect", "draft", "--samples", samples]]
        {
            let output = koppeling(data, arguments);
            assert_eq!(code(&output), 3, "{arguments:?}: {}", both(&output));
            assert!(both(&output).contains(says), "{arguments:?}: {}", both(&output));
            says_nothing_of_anyone(&output);
        }
    }
}

#[test]
fn values_are_shown_on_a_terminal_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(folder.path(), "assumed.dialect", dialect::BUILT_IN);
    saved(
        folder.path(),
        "list.json",
        r#"{"relaties": [{"id": "1", "soort": "bedrijf", "bedrijfsnaam": "Kwikstaart"}]}"#,
    );
    let samples = folder.path().to_str().unwrap();
    for more in [&[][..], &["--json"]] {
        let asked = ["dialect", "check", &file, "--samples", samples, "--show-values"];
        let output = koppeling(folder.path(), &[&asked[..], more].concat());
        assert_eq!(code(&output), 2, "{}", both(&output));
        assert!(both(&output).contains("on a terminal only"), "{}", both(&output));
        says_nothing_of_anyone(&output);
    }
    let output = koppeling(folder.path(), &["dialect", "check", &file, "--show-values"]);
    assert_eq!(code(&output), 2, "there is nothing to show: {}", both(&output));
}
