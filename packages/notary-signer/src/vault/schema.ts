// SPDX-License-Identifier: Apache-2.0
/** The reference's table of keys, by dialect, in the steps of its migration files. */
import type { SqlDialect } from '@notary/base';

const schemaOf = (...migrations: readonly (readonly string[])[]) => ({ firstTable: 'private_keys', lastTable: 'private_keys', migrations });

/** Schemas of the signer. */
export const signerSchemas: Readonly<Record<SqlDialect, ReturnType<typeof schemaOf>>> = {
  mysql: schemaOf(
    [
      'CREATE TABLE `private_keys` (`id` int(11) NOT NULL AUTO_INCREMENT, `created_at` timestamp NULL DEFAULT NULL, `updated_at` timestamp NULL DEFAULT NULL, `deleted_at` timestamp NULL DEFAULT NULL, `key_id` varchar(255) NOT NULL, `encryption_alg` varchar(255) NOT NULL, `keywrap_alg` varchar(255) NOT NULL, `algorithm` varchar(50) NOT NULL, `passphrase_alias` varchar(50) NOT NULL, `public` blob NOT NULL, `private` blob NOT NULL, PRIMARY KEY (`id`), UNIQUE KEY `key_id` (`key_id`), UNIQUE KEY `key_id_2` (`key_id`,`algorithm`)) ENGINE=InnoDB DEFAULT CHARSET=utf8',
    ],
    [
      'ALTER TABLE `private_keys` ADD COLUMN `gun` VARCHAR(255) NOT NULL, ADD COLUMN `role` VARCHAR(255) NOT NULL, ADD COLUMN `last_used` DATETIME NULL DEFAULT NULL',
    ],
  ),
  postgres: schemaOf([
    'CREATE TABLE "private_keys" ("id" serial PRIMARY KEY, "created_at" timestamp NULL DEFAULT NULL, "updated_at" timestamp NULL DEFAULT NULL, "deleted_at" timestamp NULL DEFAULT NULL, "key_id" varchar(255) NOT NULL, "encryption_alg" varchar(255) NOT NULL, "keywrap_alg" varchar(255) NOT NULL, "algorithm" varchar(50) NOT NULL, "passphrase_alias" varchar(50) NOT NULL, "public" bytea NOT NULL, "private" bytea NOT NULL, "gun" varchar(255) NOT NULL, "role" varchar(255) NOT NULL, "last_used" timestamp NULL DEFAULT NULL, CONSTRAINT "key_id" UNIQUE ("key_id"), CONSTRAINT "key_id_2" UNIQUE ("key_id","algorithm"))',
  ]),
  sqlite: schemaOf([
    'CREATE TABLE "private_keys" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "created_at" timestamp NULL DEFAULT NULL, "updated_at" timestamp NULL DEFAULT NULL, "deleted_at" timestamp NULL DEFAULT NULL, "key_id" varchar(255) NOT NULL, "encryption_alg" varchar(255) NOT NULL, "keywrap_alg" varchar(255) NOT NULL, "algorithm" varchar(50) NOT NULL, "passphrase_alias" varchar(50) NOT NULL, "public" blob NOT NULL, "private" blob NOT NULL, "gun" varchar(255) NOT NULL, "role" varchar(255) NOT NULL, "last_used" timestamp NULL DEFAULT NULL, CONSTRAINT "key_id" UNIQUE ("key_id"), CONSTRAINT "key_id_2" UNIQUE ("key_id","algorithm"))',
  ]),
};
