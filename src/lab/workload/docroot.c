/*
 * The served files of the laboratory.
 *
 * Knows their names and what is in them, so that a response can be checked to the byte. The one
 * surprising thing: they are made of numbers that no compression and no coincidence can mistake for
 * each other, drawn from a seed that never changes.
 */
#include "lab/workload/docroot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "lab/stats/random.h"

/* What is written at a time. */
#define PIECE 65536

struct file {
    const char *path; /* as it is asked for */
    uint64_t length;
};

static const struct file files[STATOR_DOCROOT_SIZE_COUNT] = {
    [STATOR_DOCROOT_SIZE_100] = {"/100.bin", 100},
    [STATOR_DOCROOT_SIZE_1K] = {"/1k.bin", 1024},
    [STATOR_DOCROOT_SIZE_10K] = {"/10k.bin", 10240},
    [STATOR_DOCROOT_SIZE_100K] = {"/100k.bin", 102400},
    [STATOR_DOCROOT_SIZE_1M] = {"/1m.bin", 1048576},
    [STATOR_DOCROOT_SIZE_8M] = {"/8m.bin", 8388608},
};

#define OBJECT_LENGTH 1024

static struct stator_load_target sized[STATOR_DOCROOT_SIZE_COUNT];
static struct stator_load_target objects[STATOR_DOCROOT_OBJECTS];
static char object_paths[STATOR_DOCROOT_OBJECTS][16];

/* The bytes of file number `stream`, piece by piece: each call goes on where the last one ended. */
static void fill(struct stator_random *random, char *piece, size_t length)
{
    for (size_t at = 0; at < length; at += sizeof(uint64_t)) {
        uint64_t number = stator_random_next(random);
        size_t step = length - at < sizeof(number) ? length - at : sizeof(number);

        memcpy(piece + at, &number, step);
    }
}

static struct stator_load_target describe(const char *path, uint64_t length, uint64_t stream)
{
    struct stator_load_target target = {.path = path, .length = (int64_t)length, .checked = true};
    struct stator_random random;
    char piece[PIECE];

    stator_random_init_stream(&random, 1, stream);
    target.checksum = STATOR_LOAD_CHECKSUM;
    for (uint64_t left = length; left > 0;) {
        size_t step = left < PIECE ? (size_t)left : PIECE;

        fill(&random, piece, step);
        target.checksum = stator_load_checksum(target.checksum, piece, step);
        left -= step;
    }
    return target;
}

/* The targets are worked out once: they never change. */
static void describe_all(void)
{
    if (sized[0].path != NULL) {
        return;
    }
    for (unsigned i = 0; i < STATOR_DOCROOT_OBJECTS; i++) {
        snprintf(object_paths[i], sizeof(object_paths[i]), "/o/%u.bin", i);
        objects[i] = describe(object_paths[i], OBJECT_LENGTH, 100 + i);
    }
    for (unsigned i = STATOR_DOCROOT_SIZE_COUNT; i-- > 0;) {
        sized[i] = describe(files[i].path, files[i].length, i);
    }
}

const struct stator_load_target *stator_docroot_target(enum stator_docroot_size size)
{
    describe_all();
    return &sized[size];
}

const struct stator_load_target *stator_docroot_objects(void)
{
    describe_all();
    return objects;
}

uint64_t stator_docroot_length(enum stator_docroot_size size)
{
    return files[size].length;
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written <= 0) {
            return written < 0 ? -errno : -EIO;
        }
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

/* What a file's name takes at most: a root is of 256. */
#define NAME_SIZE 320

static void name_file(const char *root, const char *path, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "%.255s%.60s", root, path);
}

static int write_file(const char *root, const char *path, uint64_t length, uint64_t stream)
{
    struct stator_random random;
    char name[NAME_SIZE], piece[PIECE];
    int error = 0, fd;

    name_file(root, path, name);
    fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) {
        return -errno;
    }
    stator_random_init_stream(&random, 1, stream);
    while (length > 0 && error == 0) {
        size_t step = length < PIECE ? (size_t)length : PIECE;

        fill(&random, piece, step);
        error = write_all(fd, piece, step);
        length -= step;
    }
    stator_fd_close(&fd);
    return error;
}

static int write_files(const char *root)
{
    char directory[NAME_SIZE];
    int error = 0;

    name_file(root, "/o", directory);
    if (mkdir(directory, 0755) < 0) {
        return -errno;
    }
    for (unsigned i = 0; i < STATOR_DOCROOT_SIZE_COUNT && error == 0; i++) {
        error = write_file(root, files[i].path, files[i].length, i);
    }
    for (unsigned i = 0; i < STATOR_DOCROOT_OBJECTS && error == 0; i++) {
        error = write_file(root, object_paths[i], OBJECT_LENGTH, 100 + i);
    }
    return error;
}

int stator_docroot_make(char path[256])
{
    const char *base = getenv("TMPDIR");
    int error;

    describe_all();
    snprintf(path, 256, "%s/stator-lab-XXXXXX", base != NULL && base[0] != '\0' ? base : "/tmp");
    if (mkdtemp(path) == NULL) {
        return -errno;
    }
    error = write_files(path);
    if (error < 0) {
        stator_docroot_remove(path);
    }
    return error;
}

static void remove_one(const char *root, const char *path)
{
    char name[NAME_SIZE];

    name_file(root, path, name);
    unlink(name);
}

void stator_docroot_remove(const char *path)
{
    char directory[NAME_SIZE];

    for (unsigned i = 0; i < STATOR_DOCROOT_SIZE_COUNT; i++) {
        remove_one(path, files[i].path);
    }
    for (unsigned i = 0; i < STATOR_DOCROOT_OBJECTS; i++) {
        remove_one(path, object_paths[i]);
    }
    name_file(path, "/o", directory);
    rmdir(directory);
    rmdir(path);
}
