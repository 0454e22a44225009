-- Incidents: what is wrong on the cluster, one standing incident per owner and fault.

-- Who watches a cluster: writes of an older term than the newest seen are refused.
CREATE TABLE watch_term (
    cluster text PRIMARY KEY,
    epoch   bigint NOT NULL
);

CREATE TABLE incident (
    id        uuid PRIMARY KEY,
    number    bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    cluster   text NOT NULL,
    fault     text NOT NULL,
    kind      text NOT NULL,
    namespace text NOT NULL,
    name      text NOT NULL,
    state     text NOT NULL CHECK (state IN ('open', 'acknowledged', 'healed', 'gone')),
    body      json NOT NULL,
    opened_at timestamptz NOT NULL,
    ended_at  timestamptz,
    version   int NOT NULL DEFAULT 1,
    CHECK ((ended_at IS NULL) = (state IN ('open', 'acknowledged')))
);

CREATE UNIQUE INDEX one_standing_incident ON incident (cluster, fault, kind, namespace, name) WHERE ended_at IS NULL;
CREATE INDEX incident_ended ON incident (cluster, ended_at);

-- The objects that show the fault now.
CREATE TABLE incident_member (
    incident_id uuid NOT NULL REFERENCES incident,
    uid         text NOT NULL,
    container   text NOT NULL,
    name        text NOT NULL,
    restarts    int NOT NULL,
    since       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (incident_id, uid, container)
);

CREATE TRIGGER never_delete BEFORE DELETE OR TRUNCATE ON incident
    FOR EACH STATEMENT EXECUTE FUNCTION forbid_change();

CREATE FUNCTION guard_incident() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (new.id, new.number, new.cluster, new.fault, new.kind, new.namespace, new.name, new.opened_at)
       IS DISTINCT FROM
       (old.id, old.number, old.cluster, old.fault, old.kind, old.namespace, old.name, old.opened_at)
       OR new.version <> old.version + 1
    THEN
        RAISE EXCEPTION 'Incident % is about what it was opened for, and moves on one version at a time.', old.number
            USING ERRCODE = '23514';
    END IF;
    RETURN new;
END $$;

CREATE TRIGGER guard_incident BEFORE UPDATE ON incident
    FOR EACH ROW EXECUTE FUNCTION guard_incident();

CREATE VIEW incident_whole AS
SELECT i.*,
       coalesce((SELECT json_agg(json_build_object('uid', m.uid, 'name', m.name, 'container', m.container,
                                                   'restarts', m.restarts) ORDER BY m.name, m.container)
                 FROM incident_member m WHERE m.incident_id = i.id), '[]') AS members
FROM incident i;
