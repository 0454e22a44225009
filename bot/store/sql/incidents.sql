-- name: lead
INSERT INTO watch_term AS t (cluster, epoch) VALUES ($1, $2)
ON CONFLICT (cluster) DO UPDATE SET epoch = excluded.epoch WHERE t.epoch <= excluded.epoch
RETURNING true

-- name: note_view
INSERT INTO watch_term AS t (cluster, epoch, complaints, streams, seen_at) VALUES ($1, $2, $3, $4, now())
ON CONFLICT (cluster) DO UPDATE
SET epoch = excluded.epoch, complaints = excluded.complaints, streams = excluded.streams, seen_at = excluded.seen_at
WHERE t.epoch <= excluded.epoch
RETURNING true

-- name: view
SELECT seen_at, complaints, streams FROM watch_term WHERE cluster = $1 AND seen_at IS NOT NULL

-- name: insert
INSERT INTO incident (id, cluster, fault, kind, namespace, name, state, body, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (cluster, fault, kind, namespace, name) WHERE ended_at IS NULL DO NOTHING
RETURNING true

-- name: save
UPDATE incident SET state = $3, body = $4, ended_at = $5, version = version + 1
WHERE id = $1 AND version = $2
RETURNING true

-- name: put_member
INSERT INTO incident_member AS m (incident_id, uid, container, name, restarts) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (incident_id, uid, container) DO UPDATE SET restarts = excluded.restarts
WHERE m.restarts <> excluded.restarts

-- name: drop_members
DELETE FROM incident_member
WHERE incident_id = $1 AND (uid, container) NOT IN (SELECT * FROM unnest($2::text[], $3::text[]))

-- name: lock
SELECT 1 FROM incident WHERE id = $1 FOR UPDATE

-- name: by_id
SELECT * FROM incident_whole WHERE id = $1

-- name: by_number
SELECT * FROM incident_whole WHERE number = $1

-- name: standing
SELECT * FROM incident_whole
WHERE ($1 = '' OR cluster = $1) AND (ended_at IS NULL OR ended_at >= $2)
ORDER BY number

-- name: notify
SELECT pg_notify('saas_bot', 'incident')
