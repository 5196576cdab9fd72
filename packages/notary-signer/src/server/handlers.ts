// SPDX-License-Identifier: Apache-2.0
/** The three services over a vault: what each call does and which status each failure has. No transport here. */
import { isFault, type Log } from '@notary/base';
import { MAX_NAME_LENGTH } from '../limits.ts';
import type {
  CreateKeyRequest,
  HealthRequest,
  HealthResponse,
  KeyId,
  KeyInfoResponse,
  PublicKeyMessage,
  SignatureMessage,
  SignatureRequest,
} from '../protocol/messages.ts';
import { HEALTH_KEY_MANAGEMENT, HEALTH_SIGNER } from '../protocol/services.ts';
import { isVaultAlgorithm, methodOf } from '../vault/key-format.ts';
import type { KeyVault } from '../vault/vault.ts';

/** Codes of gRPC that the signer answers with. */
export const GRPC_STATUS = { UNKNOWN: 2, INVALID_ARGUMENT: 3, NOT_FOUND: 5, INTERNAL: 13, UNAVAILABLE: 14 } as const;

/** A failed call: a code and a text for the caller. */
export class CallError extends Error {
  readonly code: number;
  constructor(code: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CallError';
    this.code = code;
  }
}

/** The calls of the gRPC services, without gRPC. */
export interface SignerHandlers {
  createKey(request: CreateKeyRequest): Promise<PublicKeyMessage>;
  deleteKey(request: KeyId): Promise<Record<string, never>>;
  getKeyInfo(request: KeyId): Promise<KeyInfoResponse>;
  sign(request: SignatureRequest): Promise<SignatureMessage>;
  check(request: HealthRequest): Promise<HealthResponse>;
}

/** Creates the handlers. Content to sign is never logged: only who signed how much. */
export function createSignerHandlers(vault: KeyVault, log: Log): SignerHandlers {
  return {
    async createKey({ algorithm, gun, role }) {
      if (!isVaultAlgorithm(algorithm)) {
        log.error('CreateKey: unsupported algorithm', { algorithm: algorithm.slice(0, 50) });
        throw new CallError(GRPC_STATUS.UNKNOWN, `algorithm ${algorithm} not supported for create key`);
      }
      if ([...gun].length > MAX_NAME_LENGTH || [...role].length > MAX_NAME_LENGTH)
        throw new CallError(GRPC_STATUS.INTERNAL, 'Key creation failed');
      try {
        const key = await vault.create(role, gun, algorithm);
        log.info('CreateKey: created', { keyId: key.id, gun, role, algorithm });
        return { keyId: key.id, algorithm: key.keytype, publicKey: key.public };
      } catch (cause) {
        log.error('CreateKey: failed to create key', { gun, role, error: cause });
        throw new CallError(GRPC_STATUS.INTERNAL, 'Key creation failed', cause);
      }
    },

    async deleteKey({ id }) {
      try {
        await vault.remove(id);
        log.info('DeleteKey: deleted', { keyId: id });
        return {};
      } catch (cause) {
        log.error('DeleteKey: failed', { keyId: id, error: cause });
        throw new CallError(GRPC_STATUS.INTERNAL, `Key deletion for KeyID ${id} failed`, cause);
      }
    },

    async getKeyInfo({ id }) {
      const found = await vault.find(id).catch((cause: unknown) => {
        log.error('GetKeyInfo: failed', { keyId: id, error: cause });
        throw new CallError(GRPC_STATUS.UNAVAILABLE, 'the key store cannot be read', cause);
      });
      if (found === undefined) {
        log.error('GetKeyInfo: key not found', { keyId: id });
        throw new CallError(GRPC_STATUS.NOT_FOUND, `key ${id} not found`);
      }
      return { keyId: found.key.id, algorithm: found.key.keytype, publicKey: found.key.public, role: found.role };
    },

    async sign({ keyId, content }) {
      try {
        const { key, signature } = await vault.sign(keyId, content);
        log.info('Sign: signed', { keyId, bytes: content.length });
        const method = isVaultAlgorithm(key.keytype) ? methodOf(key.keytype) : '';
        return { keyId: key.id, algorithm: key.keytype, method, content: signature };
      } catch (cause) {
        log.error('Sign: failed', { keyId, error: cause });
        if (isFault(cause, 'VAULT_KEY_NOT_FOUND')) throw new CallError(GRPC_STATUS.NOT_FOUND, cause.message, cause);
        throw new CallError(GRPC_STATUS.INTERNAL, `Signing failed for KeyID ${keyId}`, cause);
      }
    },

    async check({ service }) {
      if (service !== '' && service !== HEALTH_KEY_MANAGEMENT && service !== HEALTH_SIGNER) {
        throw new CallError(GRPC_STATUS.NOT_FOUND, 'unknown service');
      }
      try {
        await vault.checkHealth();
        return { status: 'SERVING' };
      } catch (e) {
        log.error('health check failed', { error: e });
        return { status: 'NOT_SERVING' };
      }
    },
  };
}
