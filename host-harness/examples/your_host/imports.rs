//! What the component asks of its host: settings, keys and egress. The rest is wasmtime's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use koppeling_egress::{AllowList, Destination, OfficeEgress, Reach};
use wasmtime::component::{HasSelf, Linker, Resource, ResourceTable};
use wasmtime::{Engine, Error, Result, Store, StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

pub use bindings::ConnectorPre;
pub use bindings::advocaatcentraal::tribe_sync::types::{Budget, Error as Why, Next};
use bindings::wasi::{config::store as config, keyvalue::store as keyvalue};

#[allow(missing_docs, clippy::all, clippy::restriction)]
mod bindings {
    wasmtime::component::bindgen!({
        path: "../wit",
        world: "advocaatcentraal:tribe-sync/connector",
        imports: { default: async | trappable },
        exports: { default: async },
        require_store_data_send: true,
        additional_derives: [PartialEq],
        with: {
            "wasi:clocks": wasmtime_wasi::p2::bindings::clocks,
            "wasi:http": wasmtime_wasi_http::p2::bindings::http,
            "wasi:io": wasmtime_wasi::p2::bindings::io,
            "wasi:random": wasmtime_wasi::p2::bindings::random,
            "wasi:keyvalue/store.bucket": super::Keys,
        },
    });
}

/// One office's settings, by the names that the component reads them by; secrets are among them. Yours come from where
/// your platform keeps such things.
#[derive(Clone)]
pub struct Settings {
    pub values: Arc<BTreeMap<String, String>>,
    /// Whether the systems are stand-ins on this machine.
    pub reach: Reach,
}

impl Settings {
    /// The value of a setting; where it is not set, what the connector takes it to be.
    pub fn get(&self, name: &str) -> &str {
        let default = match name {
            "tribe-url" => "https://api.tribecrm.nl",
            "tribe-auth-url" => "https://auth.tribecrm.nl",
            _ => "",
        };
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty()).unwrap_or(default)
    }

    /// The only systems that the component may reach.
    pub fn allowed(&self) -> Result<AllowList> {
        let at = |name: &str| {
            let parsed = Destination::parse(self.get(name), self.reach);
            parsed.map_err(|problem| Error::msg(format!("the setting {name} {problem}")))
        };
        Ok(AllowList {
            advocaatcentraal: at("advocaatcentraal-url")?,
            tribe: at("tribe-url")?,
            tribe_login: at("tribe-auth-url")?,
        })
    }
}

/// One office's keys. Yours are rows of a database, and `set` returns when they are durable.
#[derive(Clone, Default)]
pub struct Keys(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

/// All that one call can reach.
pub struct Call {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    egress: OfficeEgress,
    limits: StoreLimits,
    settings: Settings,
    keys: Keys,
}

impl Call {
    /// A store for one call.
    pub fn store(engine: &Engine, settings: &Settings, keys: &Keys, egress: &OfficeEgress) -> Store<Self> {
        let call = Self {
            table: ResourceTable::new(),
            // No folders, no environment, no sockets.
            wasi: WasiCtx::builder().build(),
            http: WasiHttpCtx::new(),
            egress: egress.clone(),
            limits: StoreLimitsBuilder::new().memory_size(64 << 20).trap_on_grow_failure(true).build(),
            settings: settings.clone(),
            keys: keys.clone(),
        };
        let mut store = Store::new(engine, call);
        store.limiter(|call| &mut call.limits);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }
}

/// Everything that the component may import.
pub fn link(linker: &mut Linker<Call>) -> Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    config::add_to_linker::<_, HasSelf<_>>(linker, |call| call)?;
    keyvalue::add_to_linker::<_, HasSelf<_>>(linker, |call| call)
}

impl WasiView for Call {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Call {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.egress }
    }
}

impl config::Host for Call {
    async fn get(&mut self, key: String) -> Result<Result<Option<String>, config::Error>> {
        Ok(Ok(self.settings.values.get(&key).cloned()))
    }

    async fn get_all(&mut self) -> Result<Result<Vec<(String, String)>, config::Error>> {
        Ok(Ok(self.settings.values.iter().map(|(key, value)| (key.clone(), value.clone())).collect()))
    }
}

impl keyvalue::Host for Call {
    async fn open(&mut self, name: String) -> Result<Result<Resource<Keys>, keyvalue::Error>> {
        if name != self.settings.get("store-bucket") {
            return Ok(Err(keyvalue::Error::NoSuchStore));
        }
        Ok(Ok(self.table.push(self.keys.clone())?))
    }
}

impl Call {
    fn with<T>(
        &mut self,
        bucket: &Resource<Keys>,
        operation: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> T,
    ) -> Result<Result<T, keyvalue::Error>> {
        let keys = self.table.get(bucket)?;
        Ok(Ok(operation(&mut keys.0.lock().unwrap_or_else(PoisonError::into_inner))))
    }
}

impl keyvalue::HostBucket for Call {
    async fn get(&mut self, b: Resource<Keys>, key: String) -> Result<Result<Option<Vec<u8>>, keyvalue::Error>> {
        self.with(&b, |keys| keys.get(&key).cloned())
    }

    async fn set(&mut self, b: Resource<Keys>, key: String, value: Vec<u8>) -> Result<Result<(), keyvalue::Error>> {
        self.with(&b, |keys| drop(keys.insert(key, value)))
    }

    async fn delete(&mut self, b: Resource<Keys>, key: String) -> Result<Result<(), keyvalue::Error>> {
        self.with(&b, |keys| drop(keys.remove(&key)))
    }

    async fn exists(&mut self, b: Resource<Keys>, key: String) -> Result<Result<bool, keyvalue::Error>> {
        self.with(&b, |keys| keys.contains_key(&key))
    }

    async fn list_keys(
        &mut self,
        b: Resource<Keys>,
        _: Option<u64>,
    ) -> Result<Result<keyvalue::KeyResponse, keyvalue::Error>> {
        self.with(&b, |keys| keyvalue::KeyResponse { keys: keys.keys().cloned().collect(), cursor: None })
    }

    async fn drop(&mut self, b: Resource<Keys>) -> Result<()> {
        self.table.delete(b)?;
        Ok(())
    }
}
