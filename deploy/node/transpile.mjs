// Turns the component into JavaScript, once per version: node transpile.mjs COMPONENT.wasm FOLDER

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { transpileBytes } from '@bytecodealliance/jco-transpile';

const [component, folder] = process.argv.slice(2);
if (!component || !folder) {
    console.error('usage: node transpile.mjs COMPONENT.wasm FOLDER');
    process.exit(2);
}
// `instantiation` leaves every import to us, so that each call gets a fresh instance with one office's settings.
const { files } = await transpileBytes(await readFile(component), { name: 'connector', instantiation: 'async' });
await mkdir(folder, { recursive: true });
for (const [name, bytes] of Object.entries(files)) {
    if (!name.endsWith('.d.ts')) {
        await writeFile(join(folder, name), bytes);
    }
}
