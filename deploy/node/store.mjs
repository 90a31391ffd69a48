// `wasi:keyvalue/store` over a folder: a file per key, atomic and durable. For one call at a time; see host.mjs.
//
// Values are kept as they are: encryption at rest is the folder's, for instance an encrypted volume.

import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const UNFINISHED = '~';

/** The interface as jco takes it: a thrown value is the error of a `result`. */
export function keyvalue(folder, name) {
    mkdirSync(folder, { recursive: true });
    // Keys are made of A-Z a-z 0-9 - / _ = . only; all but the slash can stand in a name.
    const file = (key) => join(folder, `k${key.replaceAll('/', '+')}`);

    const failing = (operation) => {
        try {
            return operation();
        } catch (error) {
            throw { tag: 'other', val: `the store failed (${error.code})` };
        }
    };

    class Bucket {
        get(key) {
            return failing(() => (existsSync(file(key)) ? readFileSync(file(key)) : undefined));
        }

        set(key, value) {
            failing(() => {
                const beside = file(key) + UNFINISHED;
                const descriptor = openSync(beside, 'w');
                try {
                    for (let at = 0; at < value.length; ) {
                        at += writeSync(descriptor, value, at);
                    }
                    fsyncSync(descriptor);
                } finally {
                    closeSync(descriptor);
                }
                // The key holds the old value or the new one, whatever happens in between.
                renameSync(beside, file(key));
            });
        }

        delete(key) {
            failing(() => rmSync(file(key), { force: true }));
        }

        exists(key) {
            return failing(() => existsSync(file(key)));
        }

        listKeys(cursor) {
            if (cursor !== undefined) {
                return { keys: [], cursor: undefined };
            }
            const names = failing(() => readdirSync(folder)).filter((name) => !name.endsWith(UNFINISHED));
            return { keys: names.map((name) => name.slice(1).replaceAll('+', '/')).sort(), cursor: undefined };
        }
    }

    return {
        Bucket,
        open(identifier) {
            if (identifier !== name) {
                throw { tag: 'no-such-store' };
            }
            return new Bucket();
        },
    };
}
