/*
 * Makes the tree that the corpus is about. The tables say what is in it; the one surprising thing
 * is the order: young.txt comes last, so that it alone may be younger than the clock can tell.
 */
#include "wire/fixture.h"

#include "content/entry.h"
#include "http/token.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MODIFIED_FRACTION 123456789
#define IN_2036           2085978496

static const char png[] =
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89";
static const char noise[] = "\x00\xff\xfe\x80\x01\x9c\x03\xf1\x00\x12\xee\x07\x91\x00\xd3\x7f";

static const char *const directories[] = {
    "dir",       "dir/deep",         "dir/.well-known",
    "bare",      "bare/sub",         "bare/empty",
    ".git",      ".well-known",      "media",
    "a b",       "\xc3\xbcml",       "evil.example",
    "bare/zeta", ".well-known/.dot", "100%",
};

struct file {
    const char *name;
    struct stator_span bytes;
};

static const struct file files[] = {
    {"probe.txt", STATOR_SPAN_INIT("probe\n")},
    {"index.html", STATOR_SPAN_INIT("<!doctype html>\n<title>home</title>\n")},
    {"digits.txt", STATOR_SPAN_INIT("0123456789")},
    {"empty.txt", STATOR_SPAN_INIT("")},
    {"hello.txt", STATOR_SPAN_INIT("hello\n")},
    {"single.txt", STATOR_SPAN_INIT("single\n")},
    {"dir/index.html", STATOR_SPAN_INIT("<!doctype html>\n<title>dir</title>\n")},
    {"dir/a.txt", STATOR_SPAN_INIT("a\n")},
    {"dir/deep/b.txt", STATOR_SPAN_INIT("b\n")},
    {"dir/.well-known/no.txt", STATOR_SPAN_INIT("no\n")},
    {"bare/one.txt", STATOR_SPAN_INIT("one\n")},
    {"bare/Two.txt", STATOR_SPAN_INIT("two two\n")},
    {"bare/.hidden", STATOR_SPAN_INIT("hidden\n")},
    {"bare/<b>&\"'.txt", STATOR_SPAN_INIT("angle\n")},
    {"bare/a:b.txt", STATOR_SPAN_INIT("colon\n")},
    {"bare/a b.txt", STATOR_SPAN_INIT("space\n")},
    {"bare/\xc3\xa9.txt", STATOR_SPAN_INIT("accent\n")},
    {"bare/bad\xff.txt", STATOR_SPAN_INIT("latin\n")},
    {"a b/c d.txt", STATOR_SPAN_INIT("spaces\n")},
    {"\xc3\xbcml/\xc3\xa4.txt", STATOR_SPAN_INIT("umlaut\n")},
    {"100%/50%.txt", STATOR_SPAN_INIT("percent\n")},
    {"quote\".txt", STATOR_SPAN_INIT("quote\n")},
    {"<b>.txt", STATOR_SPAN_INIT("angle\n")},
    {"back\\slash.txt", STATOR_SPAN_INIT("backslash\n")},
    {"plus+.txt", STATOR_SPAN_INIT("plus\n")},
    {"what?.txt", STATOR_SPAN_INIT("question\n")},
    {"a..b.txt", STATOR_SPAN_INIT("dots\n")},
    {"semi;colon=1.txt", STATOR_SPAN_INIT("semicolon\n")},
    {"%41.txt", STATOR_SPAN_INIT("percent forty-one\n")},
    {"A.txt", STATOR_SPAN_INIT("letter\n")},
    {".hidden", STATOR_SPAN_INIT("hidden\n")},
    {".git/config", STATOR_SPAN_INIT("[core]\n")},
    {".well-known/security.txt", STATOR_SPAN_INIT("Contact: mailto:x@example.org\n")},
    {".well-known/.hidden", STATOR_SPAN_INIT("hidden\n")},
    {"locked.txt", STATOR_SPAN_INIT("locked\n")},
    {"future.txt", STATOR_SPAN_INIT("future\n")},
    {"past.txt", STATOR_SPAN_INIT("past\n")},
    {"swap.txt", STATOR_SPAN_INIT("first version\n")},
    {"script", STATOR_SPAN_INIT("#!/bin/sh\necho this is a script of plain words\n")},
    {"prose", STATOR_SPAN_INIT("Once upon a time there was a file without an extension.\n")},
    {"page", STATOR_SPAN_INIT("<!DOCTYPE html>\n<html><head><title>x</title></head></html>\n")},
    {"drawing", STATOR_SPAN_INIT("<?xml version=\"1.0\"?>\n"
                                 "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>\n")},
    {"picture", STATOR_SPAN_INIT(png)},
    {"blob", STATOR_SPAN_INIT(noise)},
    {"nothing", STATOR_SPAN_INIT("")},
    {"media/lying.txt", STATOR_SPAN_INIT("<!DOCTYPE html>\n<html><body><b>x</b></body></html>\n")},
    {"media/picture.txt", STATOR_SPAN_INIT(png)},
    {"media/app.js", STATOR_SPAN_INIT("export const x = 1;\n")},
    {"media/app.mjs", STATOR_SPAN_INIT("export const x = 1;\n")},
    {"media/app.wasm", STATOR_SPAN_INIT("\0asm\1\0\0\0")},
    {"media/app.js.map", STATOR_SPAN_INIT("{}\n")},
    {"media/app.webmanifest", STATOR_SPAN_INIT("{}\n")},
    {"media/data.json", STATOR_SPAN_INIT("{}\n")},
    {"media/style.css", STATOR_SPAN_INIT("a { b: c }\n")},
    {"media/notes.md", STATOR_SPAN_INIT("# notes\n")},
    {"media/table.csv", STATOR_SPAN_INIT("a,b\n1,2\n")},
    {"media/UPPER.HTML", STATOR_SPAN_INIT("<p>upper\n")},
    {"media/pic.avif", STATOR_SPAN_INIT("x")},
    {"media/pic.gif", STATOR_SPAN_INIT("x")},
    {"media/pic.jpg", STATOR_SPAN_INIT("x")},
    {"media/pic.png", STATOR_SPAN_INIT(png)},
    {"media/pic.svg", STATOR_SPAN_INIT("<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n")},
    {"media/pic.webp", STATOR_SPAN_INIT("x")},
    {"media/font.woff2", STATOR_SPAN_INIT("wOF2")},
    {"media/clip.mp4", STATOR_SPAN_INIT("x")},
    {"media/paper.pdf", STATOR_SPAN_INIT("%PDF-1.4\n")},
    {"media/pack.tar.gz", STATOR_SPAN_INIT("\x1f\x8b")},
    {"media/odd.zzz", STATOR_SPAN_INIT("An extension that nobody knows, with words in it.\n")},
};

static const struct {
    const char *name;
    const char *target;
} links[] = {
    {"link-file", "digits.txt"},
    {"link-dir", "dir"},
    {"link-out", "../outside/secret.txt"},
    {"link-out-dir", "../outside"},
    {"link-round", "dir/../digits.txt"},
    {"link-around", "../root/digits.txt"},
    {"link-dangling", "nowhere.txt"},
    {"link-loop", "link-pool"},
    {"link-pool", "link-loop"},
    {"link-proc", "/proc/self/status"},
    {"dir/link-up", "../digits.txt"},
    {"dir/deep/link-far", "../../../outside/secret.txt"},
    {"bare/link-out.txt", "../../outside/secret.txt"},
    {"bare/link-in.txt", "../hello.txt"},
};

static const struct wire_site sites[] = {
    {.name = "plain", .probe = "/probe.txt", .server = true},
    {.name = "listing", .probe = "/probe.txt", .server = true, .listing = true},
    {.name = "single", .probe = "/single.txt", .server = true, .only = "single.txt"},
    {.name = "magic-first",
     .probe = "/probe.txt",
     .server = true,
     .magic = STATOR_MAGIC_MODE_FIRST},
    {.name = "magic-off", .probe = "/probe.txt", .server = true, .magic = STATOR_MAGIC_MODE_OFF},
    {.name = "anonymous", .probe = "/probe.txt"},
    {.name = "index", .probe = "/probe.txt", .server = true, .index = "a.txt"},
};

const struct wire_site *wire_site_find(struct stator_span name)
{
    for (size_t i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
        if (stator_span_equal(stator_span_from(sites[i].name), name)) {
            return &sites[i];
        }
    }
    return name.length == 0 ? &sites[0] : NULL;
}

/* --- making it ------------------------------------------------------------------------------ */

static bool set_time_to(int root, const char *name, time_t seconds)
{
    struct timespec times[2] = {{seconds, MODIFIED_FRACTION}, {seconds, MODIFIED_FRACTION}};
    return utimensat(root, name, times, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool set_time(int root, const char *name)
{
    return set_time_to(root, name, WIRE_FIXTURE_MODIFIED);
}

static bool write_at(int root, const char *name, struct stator_span bytes, off_t offset)
{
    int fd = openat(root, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    bool good = fd >= 0;
    while (good && bytes.length > 0) {
        ssize_t put = pwrite(fd, bytes.at, bytes.length, offset);
        good = put > 0;
        if (good) {
            bytes = stator_span_skip(bytes, (size_t)put);
            offset += put;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return good && set_time(root, name);
}

/* 100 KiB in which every four bytes differ, so that a shift by any offset shows. */
static bool make_big(int root)
{
    struct stator_text bytes = {0};
    for (unsigned i = 0; i < 100 * 1024 / 4; i++) {
        uint32_t word = i * 2654435761u;
        stator_text_add(&bytes, (struct stator_span){(const char *)&word, sizeof(word)});
    }
    bool good = !bytes.failed && write_at(root, "big.bin", stator_text_span(&bytes), 0);
    stator_text_finish(&bytes);
    return good;
}

static bool make_sparse(int root)
{
    static const struct stator_span text = STATOR_SPAN_INIT("past four");
    if (!write_at(root, "sparse.bin", text, (off_t)4 << 30)) {
        return false;
    }
    int fd = openat(root, "sparse.bin", O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && ftruncate(fd, (off_t)5 << 30) == 0;
    close(fd);
    return good && set_time(root, "sparse.bin");
}

static bool make_socket(const char *top)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s/root/socket", top);
    bool good = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return good;
}

static const char *make_tree(int root)
{
    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        if (mkdirat(root, directories[i], 0755) != 0) {
            return directories[i];
        }
    }
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (!write_at(root, files[i].name, files[i].bytes, 0)) {
            return files[i].name;
        }
    }
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        if (symlinkat(links[i].target, root, links[i].name) != 0) {
            return links[i].name;
        }
    }
    return NULL;
}

static const char *make_special(const char *top, int root)
{
    if (!make_big(root)) {
        return "big.bin";
    }
    if (!make_sparse(root)) {
        return "sparse.bin";
    }
    if (mkfifoat(root, "pipe", 0644) != 0 || mkfifoat(root, "bare/pipe", 0644) != 0) {
        return "pipe";
    }
    if (!make_socket(top)) {
        return "socket";
    }
    if (fchmodat(root, "locked.txt", 0, 0) != 0) {
        return "locked.txt";
    }
    if (!set_time_to(root, "future.txt", IN_2036) || !set_time_to(root, "past.txt", -1)) {
        return "future.txt or past.txt";
    }
    for (size_t i = sizeof(directories) / sizeof(directories[0]); i > 0; i--) {
        if (!set_time(root, directories[i - 1])) {
            return directories[i - 1];
        }
    }
    return NULL;
}

static const char *make_all(struct wire_fixture *fixture)
{
    static const struct stator_span secret = STATOR_SPAN_INIT("secret\n");
    static const struct stator_span young = STATOR_SPAN_INIT("young\n");
    char inside[PATH_MAX];
    int top = open(fixture->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (top < 0 || fchmod(top, 0755) != 0 || mkdirat(top, "root", 0755) != 0 ||
        mkdirat(top, "outside", 0755) != 0 || !write_at(top, "outside/secret.txt", secret, 0)) {
        close(top);
        return "root";
    }
    fixture->root = openat(top, "root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    close(top);
    snprintf(inside, sizeof(inside), "%s/root/digits.txt", fixture->top);
    const char *missing = fixture->root < 0 ? "root" : make_tree(fixture->root);
    if (missing == NULL && symlinkat(inside, fixture->root, "link-absolute") != 0) {
        missing = "link-absolute";
    }
    if (missing == NULL) {
        missing = make_special(fixture->top, fixture->root);
    }
    return missing == NULL && !write_at(fixture->root, "young.txt", young, 0) ? "young.txt"
                                                                              : missing;
}

/* In memory where that is possible: a file system on a disk looks long for numbers of files that
 * were not used just now, and that was a third of what it took to play the corpus. */
static bool make_top(char top[64])
{
    static const char *const places[] = {"/dev/shm", "/tmp"};
    bool made = false;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !made; i++) {
        snprintf(top, 64, "%s/stator-wire-XXXXXX", places[i]);
        made = mkdtemp(top) != NULL;
    }
    return made;
}

bool wire_fixture_init(struct wire_fixture *out, struct stator_text *error)
{
    struct wire_fixture fixture = {.root = -1};
    if (!make_top(fixture.top)) {
        stator_text_add_format(error, "fixture: no temporary directory: errno %d", errno);
        return false;
    }
    const char *missing = make_all(&fixture);
    if (missing != NULL) {
        stator_text_add_format(error, "fixture: cannot make %s: errno %d", missing, errno);
        wire_fixture_finish(&fixture);
        return false;
    }
    *out = fixture;
    return true;
}

/* --- removing it ---------------------------------------------------------------------------- */

static void remove_tree(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        if (unlinkat(fd, entry->d_name, 0) != 0) {
            remove_tree(fd, entry->d_name);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    unlinkat(parent, name, AT_REMOVEDIR);
}

void wire_fixture_finish(struct wire_fixture *fixture)
{
    if (fixture->root >= 0) {
        close(fixture->root);
        fixture->root = -1;
    }
    remove_tree(AT_FDCWD, fixture->top);
}

/* --- time and change ------------------------------------------------------------------------ */

static bool take_version(const struct wire_fixture *fixture, struct stator_file_version *out)
{
    struct stat status;
    if (fstatat(fixture->root, "young.txt", &status, 0) != 0) {
        return false;
    }
    stator_file_version_take(&status, out);
    return true;
}

int64_t wire_fixture_youngest(const struct wire_fixture *fixture)
{
    struct stator_file_version version;
    return take_version(fixture, &version) ? version.changed : 0;
}

bool wire_fixture_settle(const struct wire_fixture *fixture)
{
    const struct timespec nap = {0, 2000000};
    struct stator_file_version version;
    struct stator_clock clock;
    if (!take_version(fixture, &version)) {
        return false;
    }
    for (int i = 0; i < 5000; i++) {
        stator_clock_read(&clock);
        if (stator_file_version_is_stable(&version, clock.wall)) {
            return true;
        }
        nanosleep(&nap, NULL);
    }
    return false;
}

static bool replace(int root, const char *name, struct stator_span text)
{
    return write_at(root, ".replacement", text, 0) &&
           renameat(root, ".replacement", root, name) == 0;
}

static bool truncate_to(int root, const char *name, uint64_t length)
{
    int fd = openat(root, name, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && ftruncate(fd, (off_t)length) == 0;
    close(fd);
    return good;
}

/* Links to one file: making as many files takes ten times as long. */
static bool make_crowd(int root, const char *name, uint64_t count)
{
    char first[160];
    char path[160];
    if (mkdirat(root, name, 0755) != 0) {
        return errno == EEXIST;
    }
    snprintf(first, sizeof(first), "%s/00000.txt", name);
    bool good = write_at(root, first, (struct stator_span){NULL, 0}, 0);
    for (uint64_t i = 1; good && i < count; i++) {
        snprintf(path, sizeof(path), "%s/%05u.txt", name, (unsigned)i);
        good = linkat(root, first, root, path, 0) == 0;
    }
    return good;
}

bool wire_fixture_change(struct wire_fixture *fixture, struct stator_span verb,
                         struct stator_span name, struct stator_span value)
{
    char path[128];
    uint64_t number = 0;
    snprintf(path, sizeof(path), "%.*s", (int)name.length, name.at);
    if (stator_span_equal(verb, STATOR_SPAN("replace"))) {
        return replace(fixture->root, path, value);
    }
    if (stator_span_equal(verb, STATOR_SPAN("remove"))) {
        return unlinkat(fixture->root, path, 0) == 0;
    }
    if (!stator_number_parse(value, &number)) {
        return false;
    }
    return stator_span_equal(verb, STATOR_SPAN("truncate"))
               ? truncate_to(fixture->root, path, number)
               : make_crowd(fixture->root, path, number);
}

bool wire_fixture_read(const struct wire_fixture *fixture, struct stator_span name, uint64_t first,
                       uint64_t length, struct stator_text *out)
{
    char path[128];
    snprintf(path, sizeof(path), "%.*s", (int)name.length, name.at);
    char *room = length <= 1u << 20 ? stator_text_reserve(out, (size_t)length + 1) : NULL;
    int fd = openat(fixture->root, path, O_RDONLY | O_CLOEXEC);
    ssize_t got = room == NULL || fd < 0 ? -1 : pread(fd, room, (size_t)length, (off_t)first);
    if (fd >= 0) {
        close(fd);
    }
    out->length += got > 0 ? (size_t)got : 0;
    return got >= 0;
}
