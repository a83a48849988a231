-- SPDX-License-Identifier: Apache-2.0
-- The store. One SQLite file; docs/store.md explains every table and column. Changes bump user_version and add a migration.
--
-- Fact tables (events, settings, snapshots) share their leading columns, so that a query of the knowledge base can take
-- whole rows as evidence. Rows that say the same are one row with a count.

CREATE TABLE incidents (
  id           INTEGER PRIMARY KEY,
  name         TEXT NOT NULL,             -- bundle name; path below the batch root
  content_hash TEXT NOT NULL,             -- of all documents' paths and bytes
  status       TEXT NOT NULL              -- fault-found, undecided, no-fault-found, failed
);

CREATE TABLE documents (
  id          INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  path        TEXT NOT NULL,              -- relative to the input, archives joined by '/'
  format      TEXT NOT NULL,              -- dmesg, nvidia-smi, nccl, ..., text, binary, empty
  status      TEXT NOT NULL,              -- ok, truncated, damaged, unreadable, encrypted, skipped:*, limit:*
  note        TEXT NOT NULL,
  bytes       INTEGER NOT NULL,           -- as decompressed
  lines       INTEGER NOT NULL,
  facts       INTEGER NOT NULL,
  host        TEXT NOT NULL,              -- the node it comes from; '' = unknown
  namespace   TEXT NOT NULL DEFAULT ''    -- Kubernetes namespace that its path names
);
CREATE INDEX documents_format ON documents(incident_id, format);

-- Parts of documents that hold several outputs: pasted sessions, bug reports.
CREATE TABLE parts (
  id          INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  first_line  INTEGER NOT NULL,
  last_line   INTEGER NOT NULL,
  title       TEXT NOT NULL,              -- the command or path above it
  format      TEXT NOT NULL               -- as documents.format; command-output = no known one
);
CREATE INDEX parts_format ON parts(format);

CREATE TABLE hosts (
  id          INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  name        TEXT NOT NULL,
  UNIQUE (incident_id, name)
);

CREATE TABLE gpus (
  id          INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  host        TEXT NOT NULL,
  gpu_index   INTEGER,
  pci         TEXT NOT NULL,
  gpu_uuid    TEXT NOT NULL,
  serial      TEXT NOT NULL,
  name        TEXT NOT NULL
);

CREATE TABLE events (
  id                INTEGER PRIMARY KEY,
  document_id       INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  line              INTEGER NOT NULL,     -- of the first occurrence
  text              TEXT NOT NULL,
  host              TEXT NOT NULL,
  pci               TEXT NOT NULL,
  gpu_index         INTEGER,
  gpu_uuid          TEXT NOT NULL,
  rank              INTEGER,
  pod               TEXT NOT NULL,
  container         TEXT NOT NULL,
  process           TEXT NOT NULL,
  pid               INTEGER,
  utc_ns            INTEGER,              -- nanoseconds since 1970 UTC; NULL = unknown
  since_boot_ns     INTEGER,              -- on the kernel's clock
  time_precision_ms INTEGER NOT NULL,
  time_from         TEXT NOT NULL,
  count             INTEGER NOT NULL,     -- equal facts of this document
  last_line         INTEGER NOT NULL,     -- of the last occurrence
  last_utc_ns       INTEGER,
  kind              TEXT NOT NULL,        -- docs/facts.md
  code              INTEGER,
  attributes        TEXT NOT NULL         -- JSON object of strings
);
CREATE INDEX events_kind ON events(kind, code);
CREATE INDEX events_host ON events(kind, host);
CREATE INDEX events_document ON events(document_id, kind, line);

CREATE TABLE settings (
  id                INTEGER PRIMARY KEY,
  document_id       INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  line              INTEGER NOT NULL,
  text              TEXT NOT NULL,
  host              TEXT NOT NULL,
  pci               TEXT NOT NULL,
  gpu_index         INTEGER,
  gpu_uuid          TEXT NOT NULL,
  rank              INTEGER,
  pod               TEXT NOT NULL,
  container         TEXT NOT NULL,
  process           TEXT NOT NULL,
  pid               INTEGER,
  utc_ns            INTEGER,
  since_boot_ns     INTEGER,
  time_precision_ms INTEGER NOT NULL,
  time_from         TEXT NOT NULL,
  count             INTEGER NOT NULL,
  last_line         INTEGER NOT NULL,
  last_utc_ns       INTEGER,
  scope             TEXT NOT NULL,
  subject           TEXT NOT NULL,
  key               TEXT NOT NULL,
  value             TEXT NOT NULL
);
CREATE INDEX settings_key ON settings(scope, key);
CREATE INDEX settings_name ON settings(key);

CREATE TABLE snapshots (
  id                INTEGER PRIMARY KEY,
  document_id       INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  line              INTEGER NOT NULL,
  text              TEXT NOT NULL,
  host              TEXT NOT NULL,
  pci               TEXT NOT NULL,
  gpu_index         INTEGER,
  gpu_uuid          TEXT NOT NULL,
  rank              INTEGER,
  pod               TEXT NOT NULL,
  container         TEXT NOT NULL,
  process           TEXT NOT NULL,
  pid               INTEGER,
  utc_ns            INTEGER,
  since_boot_ns     INTEGER,
  time_precision_ms INTEGER NOT NULL,
  time_from         TEXT NOT NULL,
  count             INTEGER NOT NULL,
  last_line         INTEGER NOT NULL,
  last_utc_ns       INTEGER,
  metric            TEXT NOT NULL,
  subject           TEXT NOT NULL,
  number            REAL,                 -- NULL where the value is no number
  text_value        TEXT NOT NULL         -- the value as printed
);
CREATE INDEX snapshots_metric ON snapshots(metric);

CREATE TABLE communicators (
  id          INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  key         TEXT NOT NULL,              -- commId, or pointer with host and pid
  nranks      INTEGER,
  UNIQUE (incident_id, key)
);

CREATE TABLE ranks (
  id               INTEGER PRIMARY KEY,
  communicator_id  INTEGER NOT NULL REFERENCES communicators(id) ON DELETE CASCADE,
  document_id      INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  line             INTEGER NOT NULL,      -- of the furthest milestone
  text             TEXT NOT NULL,
  host             TEXT NOT NULL,
  pci              TEXT NOT NULL,
  gpu_index        INTEGER,
  gpu_uuid         TEXT NOT NULL,
  rank             INTEGER NOT NULL,
  pod              TEXT NOT NULL,
  container        TEXT NOT NULL,
  process          TEXT NOT NULL,
  pid              INTEGER,
  utc_ns           INTEGER,
  since_boot_ns    INTEGER,
  nranks           INTEGER,               -- as this rank believes
  phase            TEXT NOT NULL,         -- furthest phase reached
  phase_order      INTEGER NOT NULL,
  UNIQUE (communicator_id, rank)
);

CREATE TABLE notes (
  id          INTEGER PRIMARY KEY,
  document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  line        INTEGER NOT NULL,           -- 0 = the document as a whole
  reason      TEXT NOT NULL
);

-- What was not understood, and why: documents and parts of no known format, and lines that broke their format.
CREATE VIEW not_understood AS
  SELECT d.incident_id, d.path, n.line, n.reason FROM notes n JOIN documents d ON d.id = n.document_id
  UNION ALL
  SELECT incident_id, path, 1, CASE format WHEN 'binary' THEN 'binary, of no known format' ELSE 'of no known format; searched for known lines only' END
    FROM documents WHERE format IN ('text', 'binary', 'command-output')
  UNION ALL
  SELECT d.incident_id, d.path, p.first_line, 'output of no known command' FROM parts p JOIN documents d ON d.id = p.document_id
    WHERE p.format IN ('text', 'command-output')
  UNION ALL
  SELECT incident_id, path, 0, status || CASE note WHEN '' THEN '' ELSE ': ' || note END FROM documents WHERE status <> 'ok';

CREATE TABLE findings (
  id          INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  cause       TEXT NOT NULL,
  rank        INTEGER NOT NULL,
  confidence  REAL NOT NULL
);

CREATE TABLE evidence (
  id          INTEGER PRIMARY KEY,
  finding_id  INTEGER NOT NULL REFERENCES findings(id) ON DELETE CASCADE,
  document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
  line        INTEGER NOT NULL,
  signal      TEXT NOT NULL,
  role        TEXT NOT NULL,              -- for, against
  text        TEXT NOT NULL
);

PRAGMA user_version = 1;
