/*
 * Media types by content, from libmagic. One cookie a worker: a cookie is not for two threads.
 */
#ifndef STATOR_CONTENT_MAGIC_H
#define STATOR_CONTENT_MAGIC_H

#include "base/text.h"

#define STATOR_MAGIC_BYTES 4096

struct stator_magic;

/*
 * Loads the database (3 ms the first time in a process, 0.07 ms later; about 136 KiB).
 * Threads: create all of them before threads start, because loading races in libmagic.
 * Fails: -ENOMEM, or -ENOENT where the database cannot be read; `out` untouched.
 */
int stator_magic_create(struct stator_magic **out);
void stator_magic_destroy(struct stator_magic *magic);

/*
 * Adds the type of the open file `fd` to `out`, from at most its first STATOR_MAGIC_BYTES bytes
 * (pread: the position stays), with "; charset=utf-8" for text that is ASCII or UTF-8.
 * Adds nothing where libmagic does not know, the file is empty, or the type is an active one
 * (stator_media_is_active): content alone never promotes a file to something that runs; text that
 * looks active is added as text/plain.
 */
void stator_magic_type(struct stator_magic *magic, int fd, struct stator_text *out);

#endif
