/*
 * Asks libmagic what the first bytes of a file look like.
 *
 * Knows what libmagic gets wrong and must not be believed about; refuses to know file names. The
 * one surprising thing: the database's path is asked for before loading, because loading "the
 * default" works it out in a static buffer at a moment that libmagic chooses.
 */
#include "content/magic.h"

#include <errno.h>
#include <magic.h>
#include <stdlib.h>
#include <unistd.h>

#include "content/media.h"
#include "http/token.h"

/*
 * Not unpacked, and not read as programs or office containers: parsers of hostile bytes that say
 * nothing a browser wants to know. Not as CSV, which it sees in any code with commas.
 */
#define FLAGS                                                                                      \
    (MAGIC_MIME | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_CDF |              \
     MAGIC_NO_CHECK_CSV)

struct stator_magic {
    magic_t cookie;
    char bytes[STATOR_MAGIC_BYTES];
};

/* How deep and how long libmagic may look: its own limits are for files of a megabyte. */
static void set_limits(magic_t cookie)
{
    static const struct {
        int name;
        size_t value;
    } limits[] = {
        {MAGIC_PARAM_INDIR_MAX, 5},
        {MAGIC_PARAM_NAME_MAX, 30},
        {MAGIC_PARAM_REGEX_MAX, 2048},
        {MAGIC_PARAM_BYTES_MAX, STATOR_MAGIC_BYTES},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        magic_setparam(cookie, limits[i].name, &limits[i].value);
    }
}

int stator_magic_create(struct stator_magic **out)
{
    struct stator_magic *magic = calloc(1, sizeof *magic);
    if (magic == NULL) {
        return -ENOMEM;
    }
    int error = -ENOMEM;
    magic->cookie = magic_open(FLAGS);
    if (magic->cookie == NULL) {
        goto fail;
    }
    set_limits(magic->cookie);
    const char *path = magic_getpath(NULL, 0);
    if (path == NULL || magic_load(magic->cookie, path) != 0) {
        error = path != NULL && magic_errno(magic->cookie) == ENOMEM ? -ENOMEM : -ENOENT;
        goto fail;
    }
    *out = magic;
    return 0;
fail:
    stator_magic_destroy(magic);
    return error;
}

void stator_magic_destroy(struct stator_magic *magic)
{
    if (magic == NULL) {
        return;
    }
    if (magic->cookie != NULL) {
        magic_close(magic->cookie);
    }
    free(magic);
}

/* Reads from the start until the buffer is full or the file ends; what an error leaves will do. */
static size_t read_start(int fd, char *bytes, size_t size)
{
    size_t length = 0;
    while (length < size) {
        ssize_t count = pread(fd, bytes + length, size - length, (off_t)length);
        if (count > 0) {
            length += (size_t)count;
        } else if (count == 0 || errno != EINTR) {
            break;
        }
    }
    return length;
}

/* True for "type/subtype": libmagic also answers with sentences. */
static bool is_type(struct stator_span text)
{
    size_t slash = stator_span_find(text, '/');
    return slash < text.length && stator_token_is_valid(stator_span_first(text, slash)) &&
           stator_token_is_valid(stator_span_skip(text, slash + 1));
}

static bool is_utf8(struct stator_span parameters)
{
    return stator_span_ends(parameters, STATOR_SPAN("charset=us-ascii")) ||
           stator_span_ends(parameters, STATOR_SPAN("charset=utf-8"));
}

/* Adds what may be believed of an answer such as "text/html; charset=us-ascii". */
static void add_type(struct stator_span answer, struct stator_text *out)
{
    size_t end = stator_span_find(answer, ';');
    struct stator_span type = stator_span_trim(stator_span_first(answer, end));
    bool is_unknown = stator_span_equal(type, STATOR_SPAN("application/octet-stream")) ||
                      stator_span_starts(type, STATOR_SPAN("inode/"));
    if (!is_type(type) || is_unknown) {
        return;
    }
    if (stator_media_is_active(type)) {
        if (!stator_media_is_text(type)) {
            return;
        }
        type = STATOR_SPAN("text/plain");
    }
    stator_text_add(out, type);
    if (stator_span_starts(type, STATOR_SPAN("text/")) && is_utf8(stator_span_skip(answer, end))) {
        stator_text_add(out, STATOR_SPAN("; charset=utf-8"));
    }
}

void stator_magic_type(struct stator_magic *magic, int fd, struct stator_text *out)
{
    size_t length = read_start(fd, magic->bytes, sizeof magic->bytes);
    if (length > 0) {
        add_type(stator_span_from(magic_buffer(magic->cookie, magic->bytes, length)), out);
    }
}
