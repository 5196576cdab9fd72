// SPDX-License-Identifier: Apache-2.0
/**
 * Schemas, statement by statement. The server's and the signer's are those of the reference's migration files, numbered as
 * golang-migrate numbers them; SQLite, which the reference's builds lack, has the same tables in one step.
 */
import type { SqlDialect } from '@notary/base';

export interface Schema {
  /** A table that exists once the schema does, and one that the newest migration added. */
  readonly firstTable: string;
  readonly lastTable: string;
  /** Statements by migration, the first at index 0. */
  readonly migrations: readonly (readonly string[])[];
}

const MYSQL_TABLE = 'ENGINE=InnoDB DEFAULT CHARSET=utf8';

const mysqlServer: Schema = {
  firstTable: 'tuf_files',
  lastTable: 'changefeed',
  migrations: [
    [
      `CREATE TABLE \`timestamp_keys\` (\`id\` int(11) NOT NULL AUTO_INCREMENT, \`created_at\` timestamp NULL DEFAULT NULL, \`updated_at\` timestamp NULL DEFAULT NULL, \`deleted_at\` timestamp NULL DEFAULT NULL, \`gun\` varchar(255) NOT NULL, \`cipher\` varchar(50) NOT NULL, \`public\` blob NOT NULL, PRIMARY KEY (\`id\`), UNIQUE KEY \`gun\` (\`gun\`)) ${MYSQL_TABLE}`,
      `CREATE TABLE \`tuf_files\` (\`id\` int(11) NOT NULL AUTO_INCREMENT, \`created_at\` timestamp NULL DEFAULT NULL, \`updated_at\` timestamp NULL DEFAULT NULL, \`deleted_at\` timestamp NULL DEFAULT NULL, \`gun\` varchar(255) NOT NULL, \`role\` varchar(255) NOT NULL, \`version\` int(11) NOT NULL, \`data\` longblob NOT NULL, PRIMARY KEY (\`id\`), UNIQUE KEY \`gun\` (\`gun\`,\`role\`,\`version\`)) ${MYSQL_TABLE}`,
    ],
    [
      'ALTER TABLE `timestamp_keys` ADD COLUMN `role` VARCHAR(255) NOT NULL, DROP KEY `gun`, ADD UNIQUE KEY `gun_role` (`gun`, `role`)',
      "UPDATE `timestamp_keys` SET `role`='timestamp'",
    ],
    [
      'ALTER TABLE `tuf_files` ADD COLUMN `sha256` CHAR(64) DEFAULT NULL, ADD INDEX `sha256` (`sha256`)',
      'UPDATE `tuf_files` SET `sha256` = SHA2(`data`, 256)',
    ],
    ['DROP TABLE IF EXISTS `timestamp_keys`'],
    [
      `CREATE TABLE \`change_category\` (\`category\` VARCHAR(20) NOT NULL, PRIMARY KEY (\`category\`)) ${MYSQL_TABLE}`,
      "INSERT INTO `change_category` VALUES ('update'), ('deletion')",
      `CREATE TABLE \`changefeed\` (\`id\` int(11) NOT NULL AUTO_INCREMENT, \`created_at\` timestamp DEFAULT CURRENT_TIMESTAMP, \`gun\` varchar(255) NOT NULL, \`version\` int(11) NOT NULL, \`sha256\` CHAR(64) DEFAULT NULL, \`category\` VARCHAR(20) NOT NULL DEFAULT 'update', PRIMARY KEY (\`id\`), FOREIGN KEY (\`category\`) REFERENCES \`change_category\` (\`category\`), INDEX \`idx_changefeed_gun\` (\`gun\`)) ${MYSQL_TABLE}`,
      "INSERT INTO `changefeed` (`created_at`, `gun`, `version`, `sha256`) (SELECT `created_at`, `gun`, `version`, `sha256` FROM `tuf_files` WHERE `role` = 'timestamp' ORDER BY `created_at` ASC)",
    ],
  ],
};

const postgresServer: Schema = {
  firstTable: 'tuf_files',
  lastTable: 'changefeed',
  migrations: [
    [
      'CREATE TABLE "tuf_files" ("id" serial PRIMARY KEY, "created_at" timestamp NULL DEFAULT NULL, "updated_at" timestamp NULL DEFAULT NULL, "deleted_at" timestamp NULL DEFAULT NULL, "gun" varchar(255) NOT NULL, "role" varchar(255) NOT NULL, "version" integer NOT NULL, "data" bytea NOT NULL, "sha256" char(64) DEFAULT NULL, UNIQUE ("gun","role","version"))',
      'CREATE INDEX tuf_files_sha256_idx ON tuf_files(sha256)',
    ],
    [
      'CREATE TABLE "change_category" ("category" VARCHAR(20) PRIMARY KEY)',
      `INSERT INTO "change_category" VALUES ('update'), ('deletion')`,
      `CREATE TABLE "changefeed" ("id" serial PRIMARY KEY, "created_at" timestamp DEFAULT CURRENT_TIMESTAMP, "gun" varchar(255) NOT NULL, "version" integer NOT NULL, "sha256" CHAR(64) DEFAULT NULL, "category" VARCHAR(20) NOT NULL DEFAULT 'update' REFERENCES "change_category")`,
      'CREATE INDEX "idx_changefeed_gun" ON "changefeed" ("gun")',
      `INSERT INTO "changefeed" ("created_at", "gun", "version", "sha256") (SELECT "created_at", "gun", "version", "sha256" FROM "tuf_files" WHERE "role" = 'timestamp' ORDER BY "created_at" ASC)`,
    ],
  ],
};

/** AUTOINCREMENT: an id is never given twice, which the read cache relies on. */
const sqliteServer: Schema = {
  firstTable: 'tuf_files',
  lastTable: 'changefeed',
  migrations: [
    [
      'CREATE TABLE "tuf_files" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "created_at" timestamp NULL DEFAULT NULL, "updated_at" timestamp NULL DEFAULT NULL, "deleted_at" timestamp NULL DEFAULT NULL, "gun" varchar(255) NOT NULL, "role" varchar(255) NOT NULL, "version" integer NOT NULL, "data" blob NOT NULL, "sha256" char(64) DEFAULT NULL, UNIQUE ("gun","role","version"))',
      'CREATE INDEX tuf_files_sha256_idx ON tuf_files(sha256)',
      'CREATE TABLE "change_category" ("category" VARCHAR(20) PRIMARY KEY)',
      `INSERT INTO "change_category" VALUES ('update'), ('deletion')`,
      `CREATE TABLE "changefeed" ("id" INTEGER PRIMARY KEY AUTOINCREMENT, "created_at" timestamp DEFAULT CURRENT_TIMESTAMP, "gun" varchar(255) NOT NULL, "version" integer NOT NULL, "sha256" CHAR(64) DEFAULT NULL, "category" VARCHAR(20) NOT NULL DEFAULT 'update' REFERENCES "change_category")`,
      'CREATE INDEX "idx_changefeed_gun" ON "changefeed" ("gun")',
    ],
  ],
};

/** The server's own schema by dialect. */
export const serverSchemas: Readonly<Record<SqlDialect, Schema>> = { mysql: mysqlServer, postgres: postgresServer, sqlite: sqliteServer };

/** Tables of this project, apart from the reference's and with a version of their own. */
export const ownSchemas: Readonly<Record<SqlDialect, Schema>> = {
  mysql: {
    firstTable: 'notary_audit',
    lastTable: 'notary_audit',
    migrations: [
      [
        'CREATE TABLE notary_audit (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, created_at datetime(3) NOT NULL, action varchar(20) NOT NULL, gun varchar(255) NOT NULL, subject varchar(255) NOT NULL, request_id varchar(64) NOT NULL, detail longtext NOT NULL, INDEX idx_notary_audit_gun (gun)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4',
      ],
    ],
  },
  postgres: {
    firstTable: 'notary_audit',
    lastTable: 'notary_audit',
    migrations: [
      [
        'CREATE TABLE notary_audit (id bigserial PRIMARY KEY, created_at timestamp NOT NULL, action varchar(20) NOT NULL, gun varchar(255) NOT NULL, subject varchar(255) NOT NULL, request_id varchar(64) NOT NULL, detail text NOT NULL)',
        'CREATE INDEX idx_notary_audit_gun ON notary_audit (gun)',
      ],
    ],
  },
  sqlite: {
    firstTable: 'notary_audit',
    lastTable: 'notary_audit',
    migrations: [
      [
        'CREATE TABLE notary_audit (id INTEGER PRIMARY KEY AUTOINCREMENT, created_at timestamp NOT NULL, action varchar(20) NOT NULL, gun varchar(255) NOT NULL, subject varchar(255) NOT NULL, request_id varchar(64) NOT NULL, detail text NOT NULL)',
        'CREATE INDEX idx_notary_audit_gun ON notary_audit (gun)',
      ],
    ],
  },
};
