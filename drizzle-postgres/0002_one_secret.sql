CREATE TABLE "server_secret" (
	"id" bigint PRIMARY KEY NOT NULL,
	"secret" text collate "C" NOT NULL
);
