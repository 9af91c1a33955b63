CREATE UNLOGGED TABLE "servers" (
	"name" text collate "C" PRIMARY KEY NOT NULL,
	"until" timestamptz NOT NULL
);
--> statement-breakpoint
CREATE UNLOGGED TABLE "publications" (
	"position" bigint PRIMARY KEY NOT NULL,
	"previous" bigint NOT NULL,
	"server" text collate "C" NOT NULL,
	"at" timestamptz NOT NULL DEFAULT now(),
	"body" text collate "C" NOT NULL
);
--> statement-breakpoint
ALTER TABLE "publications" ALTER COLUMN "body" SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE UNLOGGED TABLE "passing" (
	"key" text collate "C" PRIMARY KEY NOT NULL,
	"value" text collate "C",
	"count" integer NOT NULL,
	"ends_at" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "passing_over" ON "passing" ("ends_at");
