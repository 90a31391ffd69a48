// A small host for one office: node host.mjs COMPONENT-FOLDER SETTINGS.json STATE-FOLDER WORK
//
// WORK is initial-sync, poll, sweep or check, or `serve PORT`, which takes Tribe's deliveries at POST /tribe. The
// component folder is made by transpile.mjs; the settings are an object of names and texts, those of docs/settings.md.

import { createServer } from 'node:http';
import { readFile, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** A slice of work, and how long a whole call may take: a slice, and one slow request after it. */
const BUDGET = { milliseconds: 20_000, requests: 1_000 };
const DEADLINE = 120_000;
const LARGEST_DELIVERY = 1 << 20;
const LONGEST_PAUSE = 15 * 60_000;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** One office. Its calls wait for each other: the store has no locks, so this must be the only process that has it. */
class Office {
    #turn = Promise.resolve();

    constructor(component, cores, settings, state) {
        this.shared = { component, cores, settings, state };
    }

    static async open(folder, settings, state) {
        const cores = {};
        for (const file of (await readdir(folder)).filter((file) => file.endsWith('.wasm'))) {
            cores[file] = await WebAssembly.compile(await readFile(join(folder, file)));
        }
        const component = pathToFileURL(resolve(folder, 'connector.js')).href;
        return new Office(component, cores, JSON.parse(await readFile(settings, 'utf8')), resolve(state));
    }

    /** Calls a function of the contract, `sync.poll` for instance, on a fresh instance. */
    call(name, ...parameters) {
        const mine = this.#turn.then(() => this.#once(name, parameters));
        this.#turn = mine.catch(() => {});
        return mine;
    }

    #once(name, parameters) {
        return new Promise((done, failed) => {
            const worker = new Worker(new URL('call.mjs', import.meta.url), {
                workerData: { ...this.shared, name, parameters },
            });
            const deadline = setTimeout(() => {
                worker.terminate();
                failed(new Error(`${name} was stopped after ${DEADLINE / 1000} s`));
            }, DEADLINE);
            worker.once('message', done);
            worker.once('error', failed);
            worker.once('exit', () => {
                clearTimeout(deadline);
                failed(new Error(`${name} ended without an answer`));
            });
        });
    }

    /** Slices until all is done. Prints each. */
    async untilDone(name) {
        for (;;) {
            const answer = await this.call(name, BUDGET);
            print(answer);
            const until = answer.ok?.next.val ?? answer.error?.error.val?.until;
            if (answer.ok && answer.ok.next.tag === 'done') {
                return;
            }
            if (answer.ok?.next.tag === 'again') {
                continue;
            }
            // The system asks for patience; anything else is for a person to mend.
            const wait = until === undefined ? Infinity : Number(until) - Date.now();
            if (wait > LONGEST_PAUSE) {
                throw new Error(`${name} stopped; a person must look at it`);
            }
            await pause(Math.max(wait, 0));
        }
    }

    /** Takes one delivery; gives the status to answer it with. */
    async deliver(headers, body) {
        const read = await this.call('webhook.read', headers, body);
        if (read.ok === undefined) {
            return { forged: 401, malformed: 400 }[read.error?.tag] ?? 503;
        }
        for (let changes = read.ok; changes.length > 0; ) {
            const pushed = await this.call('sync.onTribeChange', changes, BUDGET);
            print(pushed);
            if (pushed.ok === undefined) {
                return 503;
            }
            changes = pushed.ok.left;
        }
        return 204;
    }
}

function print(answer) {
    console.log(JSON.stringify(answer, (_, value) => (typeof value === 'bigint' ? Number(value) : value)));
}

/** Answers a delivery when its edit has arrived: there is no queue here. What fails, the next poll finds. */
function serve(office, port) {
    const server = createServer(async (request, response) => {
        if (request.method !== 'POST' || request.url !== '/tribe') {
            return response.writeHead(404).end();
        }
        const chunks = [];
        let size = 0;
        for await (const chunk of request) {
            size += chunk.length;
            if (size > LARGEST_DELIVERY) {
                return response.writeHead(413).end();
            }
            chunks.push(chunk);
        }
        const status = await office.deliver(Object.entries(request.headers), Buffer.concat(chunks)).catch(() => 503);
        response.writeHead(status).end();
    });
    server.listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
}

const [folder, settings, state, work, port] = process.argv.slice(2);
const works = { 'initial-sync': 'sync.initialSync', poll: 'sync.poll', sweep: 'sync.sweep' };
if (work === undefined || !(work in works || ['check', 'serve'].includes(work))) {
    console.error('usage: node host.mjs COMPONENT-FOLDER SETTINGS.json STATE-FOLDER initial-sync|poll|sweep|check|serve [PORT]');
    process.exit(2);
}
try {
    const office = await Office.open(folder, settings, state);
    if (work === 'serve') {
        serve(office, Number(port ?? 8080));
    } else if (work === 'check') {
        print(await office.call('setup.check'));
    } else {
        await office.untilDone(works[work]);
    }
} catch (error) {
    console.error(error.message);
    process.exitCode = 1;
}
