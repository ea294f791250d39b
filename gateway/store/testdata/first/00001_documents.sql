-- +goose Up
CREATE TABLE documents (
	kind  TEXT   NOT NULL,
	name  TEXT   NOT NULL,
	body  TEXT   NOT NULL,
	saved BIGINT NOT NULL, -- microseconds since 1970
	PRIMARY KEY (kind, name)
);
