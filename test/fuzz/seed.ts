// SPDX-License-Identifier: Apache-2.0
/**
 * Loaded before the tests: properties get the same inputs in every run, so that a change is judged by what it changes and not by chance.
 * Who looks for more sets NOTARY_FUZZ_SEED to another number, as for the fuzzer.
 */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['NOTARY_FUZZ_SEED'] ?? 0x2545f491) });
