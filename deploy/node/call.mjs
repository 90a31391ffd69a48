// One call, in a thread of its own: a fresh instance, given one office's settings, its store and its way out.
//
// The component's imports are synchronous; jco's shim does the waiting in a thread beside this one. Nothing in here
// can be interrupted, so the deadline stands outside, where host.mjs ends the whole thread.

import { parentPort, workerData } from 'node:worker_threads';
import { http } from '@bytecodealliance/preview2-shim';
import { WASIShim } from '@bytecodealliance/preview2-shim/instantiation';
import { keyvalue } from './store.mjs';

const { component, cores, settings, state, name, parameters } = workerData;

const PLACES = {
    'advocaatcentraal-url': undefined,
    'tribe-url': 'https://api.tribecrm.nl',
    'tribe-auth-url': 'https://auth.tribecrm.nl',
};
const METHODS = ['get', 'post', 'put'];

/** Where the settings say that the two systems are. Nothing else is reached, whatever the component asks. */
const allowed = Object.entries(PLACES).map(([setting, place]) => origin(settings[setting] ?? place));

function origin(url) {
    return URL.canParse(url) ? new URL(url).origin : undefined;
}

function send(request, options) {
    const asked = origin(`${request.scheme()?.tag.toLowerCase()}://${request.authority()}`);
    if (asked === undefined || !allowed.includes(asked) || !METHODS.includes(request.method().tag)) {
        throw { tag: 'HTTP-request-denied' };
    }
    return http.outgoingHandler.handle(request, options);
}

const imports = {
    // No folders, no environment, no arguments.
    ...new WASIShim({ sandbox: { preopens: {}, env: {}, args: [] } }).getImportObject(),
    'wasi:http/outgoing-handler': { handle: send },
    'wasi:config/store': { get: (key) => settings[key], getAll: () => Object.entries(settings) },
    'wasi:keyvalue/store': keyvalue(state, settings['store-bucket'] ?? ''),
};

const { instantiate } = await import(component);
const connector = await instantiate((file) => cores[file], imports);
const [room, called] = name.split('.');
try {
    parentPort.postMessage({ ok: connector[room][called](...parameters) });
} catch (error) {
    // The error of a `result` comes as it is, or wrapped with a payload. Any other Error is a trap, of which nothing is
    // told: its text may repeat what the component handled.
    const value = Object.hasOwn(Object(error), 'payload') ? error.payload : error;
    parentPort.postMessage(value instanceof Error ? { trap: true } : { error: value });
}
// The shim's own thread would keep this one alive.
process.exit();
