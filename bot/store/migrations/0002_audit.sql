-- The audit chain: hash = sha256(0x01 || hash of the row before || body). The body holds the stored bytes of
-- {at, event, seq}; the columns beside it are for queries and are compared with it by the verification.

CREATE TABLE audit_event (
    seq               bigint PRIMARY KEY,
    at                timestamptz NOT NULL,
    kind              text NOT NULL,
    actor             text NOT NULL,
    -- No reference: a refused click may name an operation that never was.
    operation_id      uuid,
    operation_version int,
    body              bytea NOT NULL,
    prev_hash         bytea NOT NULL CHECK (octet_length(prev_hash) = 32),
    hash              bytea NOT NULL UNIQUE CHECK (hash = sha256('\x01'::bytea || prev_hash || body))
);

CREATE UNIQUE INDEX one_audit_row_per_version ON audit_event (operation_id, operation_version);

-- Signed heads, kept for comparison with copies outside of this database.
CREATE TABLE audit_checkpoint (
    size    bigint PRIMARY KEY,
    head    bytea NOT NULL,
    at      timestamptz NOT NULL DEFAULT now(),
    key_id  text NOT NULL,
    sig     bytea NOT NULL,
    anchors jsonb NOT NULL DEFAULT '[]'
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

CREATE FUNCTION require_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit_event WHERE operation_id = new.id AND operation_version = new.version) THEN
        RAISE EXCEPTION 'Version % of operation % has no audit row.', new.version, new.number USING ERRCODE = '23514';
    END IF;
    RETURN NULL;
END $$;

-- At commit: the row of the audit is written last in each transaction.
CREATE CONSTRAINT TRIGGER operation_is_audited AFTER INSERT OR UPDATE ON operation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_audit();
