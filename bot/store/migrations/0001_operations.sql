-- Operations: plans on their way from asking to done. What must never happen is refused here, whoever asks:
-- 23514 for a step that the rules forbid, 42501 for a change of what is written once and for all.

CREATE TABLE transition (
    src text NOT NULL,
    dst text NOT NULL,
    PRIMARY KEY (src, dst)
);

INSERT INTO transition (src, dst) VALUES
    ('pending', 'approved'), ('pending', 'denied'), ('pending', 'cancelled'), ('pending', 'expired'), ('pending', 'stale'),
    ('approved', 'executing'), ('approved', 'denied'), ('approved', 'cancelled'), ('approved', 'expired'),
    ('approved', 'stale'),
    ('executing', 'applied'), ('executing', 'failed'), ('executing', 'stale'), ('executing', 'unknown'),
    ('applied', 'succeeded'), ('applied', 'degraded'),
    ('unknown', 'applied'), ('unknown', 'failed');

-- Whether a process of the bot is still connected; each names itself in all of its connections. Who is seen dead loses
-- his claims at once instead of by their time; what he may still do is refused by the epoch. Asked by a process that
-- cannot see itself (behind a pooler that renames connections) nobody is dead.
CREATE FUNCTION is_dead(owner text, me text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT bool_or(application_name = 'saas-bot ' || me) AND NOT bool_or(application_name = 'saas-bot ' || owner)
    FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'saas-bot %'
$$;

CREATE FUNCTION is_open(state text) RETURNS boolean LANGUAGE sql IMMUTABLE AS
    $$ SELECT state IN ('pending', 'approved', 'executing', 'applied', 'unknown') $$;

CREATE TABLE operation (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number             bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    idem_key           text NOT NULL UNIQUE,
    -- json, not jsonb: the hash is taken over these very characters.
    plan               json NOT NULL,
    plan_hash          text NOT NULL CHECK (plan_hash = encode(sha256(convert_to(plan::text, 'UTF8')), 'hex')),
    requester          text NOT NULL,
    requester_actor    json NOT NULL,
    reason             text NOT NULL,
    channel            text NOT NULL,
    requirements       json NOT NULL,
    required_approvals int NOT NULL,
    execute_within     interval NOT NULL,
    state              text NOT NULL DEFAULT 'pending',
    outcome            text NOT NULL DEFAULT '',
    version            int NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL DEFAULT now(),
    approve_by         timestamptz NOT NULL,
    execute_by         timestamptz,
    started_at         timestamptz,
    finished_at        timestamptz
);

CREATE INDEX operation_open ON operation (state) WHERE is_open(state);
CREATE INDEX operation_requester ON operation (requester, number);

CREATE TABLE operation_target (
    operation_id uuid NOT NULL REFERENCES operation,
    cluster      text NOT NULL,
    namespace    text NOT NULL,
    kind         text NOT NULL,
    name         text NOT NULL,
    is_held      boolean NOT NULL DEFAULT true,
    PRIMARY KEY (operation_id, cluster, namespace, kind, name)
);

CREATE UNIQUE INDEX one_open_operation_per_target ON operation_target (cluster, namespace, kind, name) WHERE is_held;

CREATE TABLE operation_decision (
    operation_id uuid NOT NULL REFERENCES operation,
    subject      text NOT NULL,
    verdict      text NOT NULL CHECK (verdict IN ('approve', 'deny')),
    actor        json NOT NULL,
    plan_hash    text NOT NULL,
    reason       text NOT NULL,
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Who approved may still deny, which ends it; nobody counts twice.
    PRIMARY KEY (operation_id, subject, verdict)
);

CREATE TABLE operation_lease (
    operation_id uuid PRIMARY KEY REFERENCES operation,
    epoch        int NOT NULL DEFAULT 0,
    owner        text NOT NULL DEFAULT '',
    until        timestamptz NOT NULL DEFAULT '-infinity'
);

CREATE TABLE operation_step (
    operation_id  uuid NOT NULL REFERENCES operation,
    ordinal       int NOT NULL,
    audit_id      uuid NOT NULL DEFAULT gen_random_uuid(),
    intent        json,
    is_written    boolean NOT NULL DEFAULT false,
    progress      json,
    measure       text, -- what of the progress counts: only when it changes, progressed_at does
    progressed_at timestamptz,
    PRIMARY KEY (operation_id, ordinal),
    CHECK (intent IS NOT NULL OR NOT is_written)
);

CREATE FUNCTION guard_new_operation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.state <> 'pending' OR new.version <> 1 THEN
        RAISE EXCEPTION 'An operation begins as pending, version 1.' USING ERRCODE = '23514';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER guard_new_operation BEFORE INSERT ON operation
    FOR EACH ROW EXECUTE FUNCTION guard_new_operation();

CREATE FUNCTION guard_operation() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    t timestamptz := clock_timestamp();
BEGIN
    IF (new.id, new.number, new.idem_key, new.plan::text, new.plan_hash, new.requester, new.requester_actor::text,
        new.reason, new.channel, new.requirements::text, new.required_approvals, new.execute_within, new.created_at,
        new.approve_by, new.execute_by, new.started_at, new.finished_at)
       IS DISTINCT FROM
       (old.id, old.number, old.idem_key, old.plan::text, old.plan_hash, old.requester, old.requester_actor::text,
        old.reason, old.channel, old.requirements::text, old.required_approvals, old.execute_within, old.created_at,
        old.approve_by, old.execute_by, old.started_at, old.finished_at)
    THEN
        RAISE EXCEPTION 'What an operation was asked and approved as cannot be changed.' USING ERRCODE = '23514';
    END IF;
    IF new.version <> old.version + 1 THEN
        RAISE EXCEPTION 'Operation % moved on to version %.', old.number, old.version USING ERRCODE = '23514';
    END IF;
    IF new.state = old.state THEN
        RETURN new;
    END IF;
    IF NOT EXISTS (SELECT FROM transition WHERE src = old.state AND dst = new.state) THEN
        RAISE EXCEPTION 'Operation % cannot go from % to %.', old.number, old.state, new.state USING ERRCODE = '23514';
    END IF;
    IF new.state = 'approved' THEN
        IF EXISTS (SELECT FROM operation_decision WHERE operation_id = new.id AND verdict = 'deny')
           OR (SELECT count(*) FROM operation_decision WHERE operation_id = new.id) < new.required_approvals
        THEN
            RAISE EXCEPTION 'Operation % lacks approvals.', old.number USING ERRCODE = '23514';
        END IF;
        new.execute_by := t + new.execute_within;
    ELSIF new.state = 'executing' THEN
        IF t > old.execute_by THEN
            RAISE EXCEPTION 'Operation % was approved too long ago.', old.number USING ERRCODE = '23514';
        END IF;
        new.started_at := t;
    ELSIF new.state = 'expired' AND t <= coalesce(old.execute_by, old.approve_by) THEN
        RAISE EXCEPTION 'Operation % still has time.', old.number USING ERRCODE = '23514';
    END IF;
    IF NOT is_open(new.state) THEN
        new.finished_at := t;
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER guard_operation BEFORE UPDATE ON operation
    FOR EACH ROW EXECUTE FUNCTION guard_operation();

CREATE FUNCTION free_targets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE operation_target SET is_held = false WHERE operation_id = new.id;
    RETURN NULL;
END $$;

CREATE TRIGGER free_targets AFTER UPDATE OF state ON operation
    FOR EACH ROW WHEN (NOT is_open(new.state)) EXECUTE FUNCTION free_targets();

CREATE FUNCTION guard_target() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (new.operation_id, new.cluster, new.namespace, new.kind, new.name)
       IS DISTINCT FROM (old.operation_id, old.cluster, old.namespace, old.kind, old.name)
       OR new.is_held IS DISTINCT FROM (SELECT is_open(state) FROM operation WHERE id = new.operation_id)
    THEN
        RAISE EXCEPTION 'A target is held as long as its operation is open.' USING ERRCODE = '23514';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER guard_target BEFORE UPDATE ON operation_target
    FOR EACH ROW EXECUTE FUNCTION guard_target();

CREATE FUNCTION guard_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    op operation;
BEGIN
    SELECT * INTO STRICT op FROM operation WHERE id = new.operation_id FOR UPDATE;
    IF new.subject = op.requester THEN
        RAISE EXCEPTION 'Nobody decides on his own operation. Nothing was changed.' USING ERRCODE = '23514';
    ELSIF new.plan_hash <> op.plan_hash THEN
        RAISE EXCEPTION 'This verdict is on another plan. Nothing was changed.' USING ERRCODE = '23514';
    ELSIF op.state = 'pending' AND clock_timestamp() > op.approve_by THEN
        RAISE EXCEPTION 'The time to decide on operation % is over. Nothing was changed.', op.number USING ERRCODE = '23514';
    ELSIF op.state <> 'pending' AND NOT (new.verdict = 'deny' AND op.state = 'approved') THEN
        RAISE EXCEPTION 'Operation % is % already. Nothing was changed.', op.number, op.state USING ERRCODE = '23514';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER guard_decision BEFORE INSERT ON operation_decision
    FOR EACH ROW EXECUTE FUNCTION guard_decision();

CREATE FUNCTION guard_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.operation_id <> old.operation_id OR new.epoch NOT IN (old.epoch, old.epoch + 1)
       OR (new.owner <> old.owner AND new.epoch = old.epoch)
    THEN
        RAISE EXCEPTION 'A lease changes hands only under the next epoch.' USING ERRCODE = '23514';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER guard_lease BEFORE UPDATE ON operation_lease
    FOR EACH ROW EXECUTE FUNCTION guard_lease();

CREATE FUNCTION guard_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (new.operation_id, new.ordinal, new.audit_id) IS DISTINCT FROM (old.operation_id, old.ordinal, old.audit_id)
       OR (old.is_written AND (NOT new.is_written OR new.intent::text <> old.intent::text))
       OR (old.intent IS NOT NULL AND new.intent IS NULL)
    THEN
        RAISE EXCEPTION 'What a step has written stays written down.' USING ERRCODE = '23514';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER guard_step BEFORE UPDATE ON operation_step
    FOR EACH ROW EXECUTE FUNCTION guard_step();

CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is forbidden.', tg_op, tg_table_name USING ERRCODE = '42501';
END $$;

CREATE TRIGGER never_delete BEFORE DELETE OR TRUNCATE ON operation
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER never_delete BEFORE DELETE OR TRUNCATE ON operation_target
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER never_delete BEFORE DELETE OR TRUNCATE ON operation_lease
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER never_delete BEFORE DELETE OR TRUNCATE ON operation_step
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON operation_decision
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transition
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

-- An operation as people see it, with the verdicts on it and the latest look at each of its steps.
CREATE VIEW operation_whole AS
SELECT o.*,
       coalesce((SELECT json_agg(json_build_object('actor', d.actor, 'verdict', d.verdict, 'plan_hash', d.plan_hash,
                                                   'at', d.at, 'reason', d.reason) ORDER BY d.at)
                 FROM operation_decision d WHERE d.operation_id = o.id), '[]') AS decisions,
       (SELECT json_agg(s.progress ORDER BY s.ordinal) FROM operation_step s WHERE s.operation_id = o.id) AS progress
FROM operation o;
