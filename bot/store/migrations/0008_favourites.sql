-- Lines that a person wants at hand in his App Home.
CREATE TABLE favourite (
    user_id text NOT NULL,
    line    text NOT NULL,
    seq     bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (user_id, line)
);
