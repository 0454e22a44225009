-- Live answers: cards that say that they are live, and the process that keeps them so.

CREATE TABLE live_answer (
    id         text PRIMARY KEY,
    user_id    text NOT NULL,
    body       json NOT NULL,
    owner      text NOT NULL,
    kept_until timestamptz NOT NULL -- for poolers that hide who is connected; a dead owner loses it before that
);

CREATE INDEX live_answer_person ON live_answer (user_id);
