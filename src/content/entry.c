/*
 * Makes an entry of what was seen at a path.
 *
 * Knows what makes a validator honest, which type a file has, and when its bytes are kept in
 * memory; refuses to know where files are, who asks, and how it is sent. The one surprising thing:
 * whether an entry is current is asked by looking again in the same way as when it was made, so the
 * two can never disagree.
 */
#include "content/entry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "content/lookup.h"
#include "content/media.h"
#include "http/date.h"

/* How often a file that changes while it is read is tried before it is sent from its descriptor. */
#define ATTEMPTS 3

/* Whole seconds, rounded down also before 1970. */
static int64_t floor_seconds(int64_t nanoseconds)
{
    int64_t seconds = nanoseconds / STATOR_NANOSECONDS;
    return nanoseconds % STATOR_NANOSECONDS < 0 ? seconds - 1 : seconds;
}

/* True if libmagic's answer says less than a name can: any text, or what other formats are built
 * of. */
static bool is_vague(struct stator_span guess)
{
    return guess.length == 0 || stator_media_is_text(guess) ||
           stator_span_equal(guess, STATOR_SPAN("application/zip"));
}

/* The Content-Type of an open file; it may stand in `guess`. */
static struct stator_span find_type(const struct stator_site *site, struct stator_magic *magic,
                                    const struct stator_lookup *lookup, struct stator_text *guess)
{
    struct stator_span named = stator_media_by_name(stator_span_from(lookup->path));
    bool is_asked =
        magic != NULL && (site->magic == STATOR_MAGIC_MODE_FIRST ||
                          (site->magic == STATOR_MAGIC_MODE_FALLBACK && named.length == 0));
    if (is_asked) {
        stator_magic_type(magic, lookup->fd, guess);
    }
    struct stator_span found =
        guess->failed ? (struct stator_span){NULL, 0} : stator_text_span(guess);
    if (named.length > 0 && is_vague(found)) {
        return named;
    }
    return found.length > 0 ? found : STATOR_SPAN("application/octet-stream");
}

/*
 * 128 bits of the file version under fixed keys, so that every worker, and the same server after a
 * restart, gives the same version the same tag, and the tag does not tell the inode's number.
 */
static void write_etag(const struct stator_file_version *version, bool weak, char out[40])
{
    static const struct stator_hash_key keys[2] = {
        {{0x737461746f72, 1}},
        {{0x737461746f72, 2}},
    };
    struct stator_span bytes = {(const char *)version, sizeof *version};
    snprintf(out, 40, "%s\"%016llx%016llx\"", weak ? "W/" : "",
             (unsigned long long)stator_hash(&keys[0], bytes),
             (unsigned long long)stator_hash(&keys[1], bytes));
}

static void write_validators(struct stator_entry *entry, int64_t wall)
{
    entry->weak = !stator_file_version_is_stable(&entry->version, wall);
    write_etag(&entry->version, entry->weak, entry->etag);
    /* An origin server does not send a date later than the message's own: RFC 9110 8.8.2.1. */
    int64_t modified = floor_seconds(entry->version.modified);
    int64_t now = floor_seconds(wall);
    entry->modified_seconds = modified < now ? modified : now;
    stator_date_format(entry->modified_seconds, entry->modified);
}

/* What the field lines of a file take at the most, without its type. */
#define FIELDS_ROOM 256

/*
 * Writes the field lines once and for all, so that a response only has to point to them: those that
 * a 304 repeats (RFC 9110 15.4.5) stand last.
 */
static void write_fields(struct stator_entry *entry, struct stator_span type, char *out)
{
    int length = snprintf(out, FIELDS_ROOM + type.length,
                          "Content-Type: %.*s\r\nContent-Length: %llu\r\n"
                          "X-Content-Type-Options: nosniff\r\nAccept-Ranges: bytes\r\n",
                          (int)type.length, type.at, (unsigned long long)entry->version.size);
    int rest = snprintf(out + length, FIELDS_ROOM + type.length - (size_t)length,
                        "Last-Modified: %s\r\nETag: %s\r\n\r\n", entry->modified, entry->etag);

    entry->type = (struct stator_span){out + strlen("Content-Type: "), type.length};
    entry->fields = (struct stator_span){out, (size_t)(length + rest)};
    entry->validators = stator_span_skip(entry->fields, (size_t)length);
}

/*
 * Makes the entry of a lookup with room for `length` bytes of body, in one piece of memory: the
 * struct, the field lines, the body. Owns: takes over lookup->fd. Fails: NULL, the descriptor is
 * closed.
 */
static struct stator_entry *assemble(struct stator_lookup *lookup, int64_t wall,
                                     struct stator_span type, size_t length)
{
    size_t cost = sizeof(struct stator_entry) + FIELDS_ROOM + type.length + length;
    struct stator_entry *entry = malloc(cost);
    if (entry == NULL) {
        stator_fd_close(&lookup->fd);
        return NULL;
    }
    *entry = (struct stator_entry){
        .kind = lookup->kind,
        .error = lookup->error,
        .version = lookup->version,
        .fd = lookup->fd,
        .cost = cost,
    };
    stator_ref_init(&entry->ref);
    lookup->fd = -1;
    if (entry->kind == STATOR_ENTRY_KIND_FILE) {
        write_validators(entry, wall);
        write_fields(entry, type, (char *)(entry + 1));
    }
    return entry;
}

static int read_at(int fd, uint64_t offset, size_t length, char *out)
{
    while (length > 0) {
        ssize_t count = pread(fd, out, length, (off_t)offset);
        if (count == 0) {
            return -ESTALE;
        }
        if (count < 0 && errno != EINTR) {
            return -errno;
        }
        if (count > 0) {
            out += count;
            offset += (uint64_t)count;
            length -= (size_t)count;
        }
    }
    return 0;
}

/*
 * Reads the whole file into the room behind the fields and closes it. Fails: -ESTALE where it
 * changed meanwhile: what was read may then be of two versions.
 */
static int fill(struct stator_entry *entry)
{
    char *bytes = (char *)(entry + 1) + entry->fields.length;
    int error = read_at(entry->fd, 0, (size_t)entry->version.size, bytes);
    if (error != 0) {
        return error;
    }
    struct stat status;
    if (fstat(entry->fd, &status) != 0) {
        return -errno;
    }
    struct stator_file_version version;
    stator_file_version_take(&status, &version);
    if (!stator_file_version_equal(&version, &entry->version)) {
        return -ESTALE;
    }
    stator_fd_close(&entry->fd);
    entry->body = (struct stator_span){bytes, (size_t)version.size};
    return 0;
}

/* One look and what comes of it; -ESTALE where a body to be kept in memory changed under it. */
static int attempt(const struct stator_site *site, struct stator_magic *magic, int64_t wall,
                   struct stator_span path, bool in_memory, struct stator_entry **out)
{
    struct stator_lookup lookup;
    stator_lookup_path(site, path, &lookup);
    in_memory = in_memory && lookup.kind == STATOR_ENTRY_KIND_FILE &&
                lookup.version.size <= STATOR_ENTRY_INLINE_MAX;
    struct stator_text guess = {0};
    struct stator_span type = {"", 0};
    if (lookup.kind == STATOR_ENTRY_KIND_FILE) {
        type = find_type(site, magic, &lookup, &guess);
    }
    struct stator_entry *entry =
        assemble(&lookup, wall, type, in_memory ? (size_t)lookup.version.size : 0);
    stator_text_finish(&guess);
    int error = entry == NULL ? -ENOMEM : in_memory ? fill(entry) : 0;
    if (error != 0 && error != -ESTALE && entry != NULL) {
        stator_entry_unref(entry);
        stator_lookup_fail(&lookup, error);
        entry = assemble(&lookup, wall, type, 0);
        error = entry != NULL ? 0 : -ENOMEM;
    }
    if (error != 0) {
        stator_entry_unref(entry);
        return error;
    }
    *out = entry;
    return 0;
}

int stator_entry_create(const struct stator_site *site, struct stator_magic *magic,
                        const struct stator_clock *clock, struct stator_span path,
                        struct stator_entry **out)
{
    int error = -ESTALE;
    for (int i = 0; i < ATTEMPTS && error == -ESTALE; i++) {
        error = attempt(site, magic, clock->wall, path, true, out);
    }
    return error == -ESTALE ? attempt(site, magic, clock->wall, path, false, out) : error;
}

struct stator_entry *stator_entry_ref(struct stator_entry *entry)
{
    stator_ref_take(&entry->ref);
    return entry;
}

void stator_entry_unref(struct stator_entry *entry)
{
    if (entry == NULL || !stator_ref_give(&entry->ref)) {
        return;
    }
    stator_fd_close(&entry->fd);
    free(entry);
}

bool stator_entry_is_current(const struct stator_entry *entry, const struct stator_site *site,
                             const struct stator_clock *clock, struct stator_span path)
{
    struct stator_lookup lookup;
    stator_lookup_path(site, path, &lookup);
    stator_fd_close(&lookup.fd);
    if (lookup.kind != entry->kind || lookup.error != entry->error ||
        !stator_file_version_equal(&lookup.version, &entry->version)) {
        return false;
    }
    return entry->kind != STATOR_ENTRY_KIND_FILE ||
           entry->weak == !stator_file_version_is_stable(&lookup.version, clock->wall);
}

int stator_entry_read(const struct stator_entry *entry, uint64_t offset, size_t length, char *out)
{
    if (offset > entry->version.size || length > entry->version.size - offset) {
        return -EINVAL;
    }
    if (entry->body.at == NULL) {
        return read_at(entry->fd, offset, length, out);
    }
    memcpy(out, entry->body.at + offset, length);
    return 0;
}

/*
 * The time of change is left out: it moves when the file is renamed over or its mode is set, and
 * the bytes that are being sent stay what they are.
 */
bool stator_entry_is_unchanged(const struct stator_entry *entry)
{
    if (entry->body.at != NULL) {
        return true;
    }
    struct stat status;
    if (fstat(entry->fd, &status) != 0) {
        return false;
    }
    struct stator_file_version version;
    stator_file_version_take(&status, &version);
    return version.size == entry->version.size && version.modified == entry->version.modified;
}
