CREATE TABLE "last_batches" (
	"server" text collate "C" PRIMARY KEY NOT NULL,
	"batch" bigint NOT NULL,
	"at" timestamptz NOT NULL
);
