// SPDX-License-Identifier: Apache-2.0
import { signBlob } from '@notary/notation/sign';
import type { AppDeps } from '../../deps.ts';
import { during, faults } from '../../faults.ts';
import { command, lines } from '../../present.ts';
import { readTold } from '../../progress.ts';
import { openSigner, signingOptions } from '../../signing/signer.ts';
import { statExisting } from '../../store/files.ts';
import { baseName, directoryName, joinPaths } from '../../store/paths.ts';
import type { blobSignFlags } from './spec.ts';

/** Signs a file into a detached signature beside it. */
export const { run, preRun } = command<typeof blobSignFlags>(
  async ({ args, options, changed }, deps, report) => {
    const path = args[0] as string;
    const signer = await openSigner(deps, options);
    const signing = await signingOptions(deps, signer, options);
    await statExisting(deps.files, path, 'open');
    const signed = await signBlob({ ...signing, blob: readTold(deps, path, 'reading'), contentMediaType: options.mediaType });
    const directory = changed.has('signature-directory') ? options.signatureDirectory : directoryName(deps, path);
    const signaturePath = joinPaths(deps, directory, `${baseName(deps, path)}.${options.signatureFormat}.sig`);
    if (options.force) report.warn('Warning: existing signature file will be overwritten');
    else if ((await deps.files.stat(signaturePath)) !== undefined) {
      if (!(await report.confirm('The signature file already exists, do you want to overwrite it?'))) return { cancelled: true };
    }
    await during('failed to write signature to file: ', () => write(deps, signaturePath, signed.envelope));
    report.text(lines(`Successfully signed ${path}`, ` Signature file written to ${signaturePath}`));
    return { path, signaturePath, digest: signed.digest, size: signed.size, mediaType: options.mediaType };
  },
  ({ options, changed }) => {
    if (changed.has('signature-directory') && options.signatureDirectory === '')
      throw faults.USAGE({ message: 'signature directory cannot be empty' });
  },
);

async function write(deps: AppDeps, path: string, bytes: Uint8Array): Promise<void> {
  await deps.files.makeDirectory(directoryName(deps, path), 0o700);
  const old = await deps.files.stat(path);
  await deps.files.writeAtomic(path, bytes, { mode: old?.kind === 'file' ? old.mode : 0o600 });
}
