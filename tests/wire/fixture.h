/*
 * The fixture: a temporary directory with every kind of file that a conversation needs, and beside
 * it what must never be served; and the sites that serve it, by name.
 */
#ifndef STATOR_WIRE_FIXTURE_H
#define STATOR_WIRE_FIXTURE_H

#include "base/text.h"
#include "site/site.h"

/* When every file in it was modified: Thu, 02 Jan 2020 03:04:05 GMT, and a fraction. */
#define WIRE_FIXTURE_MODIFIED 1577934245

/* Bytes of a request's body that every site takes. */
#define WIRE_BODY_LIMIT 1000

struct wire_fixture {
    char top[64]; /* root/ is served, outside/ is not */
    int root;     /* descriptor of root/ */
};

struct wire_site {
    const char *name;
    const char *only;  /* the file that is served alone; NULL for the directory */
    const char *index; /* what stands for a directory; NULL for "index.html" */
    const char *probe; /* a request target that is answered with 200 */
    bool listing;
    bool server;
    enum stator_magic_mode magic;
};

/* Makes it. Owns: the caller finishes it. Fails: false; `error` says what could not be made. */
bool wire_fixture_init(struct wire_fixture *out, struct stator_text *error);
void wire_fixture_finish(struct wire_fixture *fixture);

/* When young.txt, the last one made, was changed: ns since 1970. */
int64_t wire_fixture_youngest(const struct wire_fixture *fixture);

/* Waits until validators of its files are strong. Fails: false after 10 s. */
bool wire_fixture_settle(const struct wire_fixture *fixture);

/*
 * Changes a file: "replace" (by rename; `value` is the text), "truncate" (to `value` bytes),
 * "remove", "crowd" (a directory with `value` empty files, unless it is there already). Fails:
 * false.
 */
bool wire_fixture_change(struct wire_fixture *fixture, struct stator_span verb,
                         struct stator_span name, struct stator_span value);

/* Adds the bytes of a file; past 1 MiB of them is a failure. Fails: false. */
bool wire_fixture_read(const struct wire_fixture *fixture, struct stator_span name, uint64_t first,
                       uint64_t length, struct stator_text *out);

/* The site of that name; the empty name is "plain". NULL where there is none. */
const struct wire_site *wire_site_find(struct stator_span name);

#endif
