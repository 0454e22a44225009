-- name: lock
SELECT FROM operation WHERE id = $1 FOR UPDATE

-- name: by_id
SELECT * FROM operation_whole WHERE id = $1

-- name: by_number
SELECT * FROM operation_whole WHERE number = $1

-- name: by_key
SELECT * FROM operation_whole WHERE idem_key = $1

-- name: newest
SELECT * FROM operation_whole
WHERE (cardinality($1::text[]) = 0 OR state = ANY ($1)) AND ($2 = '' OR requester = $2)
ORDER BY number DESC LIMIT $3

-- name: overdue
SELECT id FROM operation
WHERE is_open(state)
  AND ((state = 'pending' AND approve_by < clock_timestamp()) OR (state = 'approved' AND execute_by < clock_timestamp()))
ORDER BY number

-- name: insert
INSERT INTO operation (idem_key, plan, plan_hash, requester, requester_actor, reason, channel, requirements,
                       required_approvals, approve_by, execute_within)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + $10::interval, $11)
ON CONFLICT (idem_key) DO NOTHING RETURNING id

-- name: insert_target
INSERT INTO operation_target (operation_id, cluster, namespace, kind, name) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (cluster, namespace, kind, name) WHERE is_held DO NOTHING RETURNING true

-- name: holder
SELECT o.* FROM operation_whole o JOIN operation_target t ON t.operation_id = o.id
WHERE t.is_held AND (t.cluster, t.namespace, t.kind, t.name) = ($1, $2, $3, $4)

-- name: insert_steps
INSERT INTO operation_step (operation_id, ordinal) SELECT $1, generate_series(0, $2::int - 1)

-- name: insert_lease
INSERT INTO operation_lease (operation_id) VALUES ($1)

-- name: decide
INSERT INTO operation_decision (operation_id, subject, verdict, actor, plan_hash, reason) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING RETURNING true

-- name: count_decision
UPDATE operation SET version = version + 1 WHERE id = $1 AND version = $2 RETURNING true

-- name: move
UPDATE operation SET state = $3, outcome = $4, version = version + 1 WHERE id = $1 AND version = $2 RETURNING true

-- name: notify
SELECT pg_notify('saas_bot', $1)
