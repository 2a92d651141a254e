/*
 * A program under test: started with its own arguments, environment and limits, read line by line,
 * ended by its own pid. Every wait is bounded; what does not happen in time is a failure, not a
 * hang.
 */
#ifndef TESTS_API_PROGRAM_H
#define TESTS_API_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Long enough for a loaded machine; nothing that works takes as long. */
#define PATIENCE_MS 20000

struct program {
    pid_t pid;
    int output; /* its standard output; a terminal's other side with `terminal` */
    int errors; /* its standard error; -1 with `terminal` */
    int port;   /* of the first http:// it printed */
    char line[1024];
};

struct program_setup {
    const char *const *arguments;   /* ends with NULL; without the program's own name */
    const char *const *environment; /* "NAME=value", ends with NULL; added to nothing else */
    const char *directory;          /* its working directory */
    size_t descriptors;             /* RLIMIT_NOFILE; 0 leaves it */
    size_t file_size;               /* RLIMIT_FSIZE, bytes; 0 leaves it */
    size_t threads;                 /* RLIMIT_NPROC, for a user of its own; 0 leaves it */
    bool terminal;                  /* standard streams are one terminal */
    bool nobody;                    /* runs as uid and gid 65534 */
};

/* Starts it and does not wait. Ends the test when that fails. */
void program_spawn(struct program *program, const struct program_setup *setup);

/* Starts a server and waits for its first line, which names its port. */
void program_serve(struct program *program, const struct program_setup *setup);

/* Reads a line of standard output into program->line, without its end. False at the end. */
bool program_read_line(struct program *program);

/* Reads everything up to the end of `fd` into `out`, NUL-terminated. */
void program_read_all(int fd, char *out, size_t size);

/* Waits until it ended; returns its exit code, or -signal. */
int program_wait(struct program *program);

/* SIGTERM, then program_wait. */
int program_stop(struct program *program);

/* Runs it to its end and keeps what it printed. Returns its exit code. */
int program_run(const struct program_setup *setup, char *output, size_t output_size, char *errors,
                size_t errors_size);

/* --- a client -------------------------------------------------------------------------------- */

/* A connection to 127.0.0.1:port whose receives fail after PATIENCE_MS. */
int client_connect(int port);

void client_send(int fd, const char *text);

/* Sends a GET with Connection: close and reads the whole answer, NUL-terminated; returns its
 * status. */
int client_get(int port, const char *target, char *out, size_t size);

/* Receives until the end or until `size` bytes came; returns how many. -1: the connection was
 * reset. */
long client_receive(int fd, char *out, size_t size);

#endif
