fn main() { println!("cargo::rustc-env=CONNECTOR_WASM=/work/scratch-host/target/wasm32-wasip2/component/scratch_plugin.wasm"); }
