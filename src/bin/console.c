/*
 * The program's words: help, start, end and errors.
 *
 * Knows how they look on a terminal and elsewhere; refuses to know what an option means: the help
 * is the library's table, printed. The one surprising thing: whatever came from outside, a path or
 * an argument, is printed without its control bytes, so an error has three lines whatever was
 * typed.
 */
#include "bin/console.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COLUMNS 80

/* Where the texts of the help begin. */
#define HELP_COLUMN 32

static const char examples[] =
    "stator htdocs                        serve a directory on http://127.0.0.1:8080/\n"
    "stator -l :80 --access-log - htdocs  on all interfaces, with an access log\n"
    "stator -p 0 --arch event page.html   one file, any free port, another design\n";

static const char help_end[] =
    "  -h, --help; -V, --version     each option is a variable too: STATOR_<OPTION>\n";

bool stator_console_has_colour(int fd)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(fd) && (no_colour == NULL || no_colour[0] == '\0') && terminal != NULL &&
           terminal[0] != '\0' && strcmp(terminal, "dumb") != 0;
}

static void print_harmless(FILE *stream, const char *text)
{
    for (; *text != '\0'; text++) {
        bool harmful = (unsigned char)*text < 0x20 || *text == 0x7f;
        putc(harmful ? '?' : *text, stream);
    }
}

/* The escape sequence, or nothing where colours are off. */
static const char *style(bool colour, const char *sequence)
{
    return colour ? sequence : "";
}

#define BOLD  "\033[1m"
#define RED   "\033[1;31m"
#define CYAN  "\033[36m"
#define FAINT "\033[2m"
#define PLAIN "\033[0m"

static void print_error(FILE *stream, const struct stator_error *error)
{
    bool colour = stator_console_has_colour(STDERR_FILENO);
    fprintf(stream, "%sstator:%s ", style(colour, RED), style(colour, PLAIN));
    print_harmless(stream, error->what);
    fprintf(stream, "\n  %swhy:%s ", style(colour, FAINT), style(colour, PLAIN));
    print_harmless(stream, error->why);
    fprintf(stream, "\n  %sfix:%s ", style(colour, FAINT), style(colour, PLAIN));
    print_harmless(stream, error->fix);
    putc('\n', stream);
    fflush(stream);
}

void stator_console_error(const struct stator_error *error)
{
    setvbuf(stderr, NULL, _IOLBF, 0);
    print_error(stderr, error);
}

/* In one piece: notices of two threads do not mix, and room that is there is enough. */
void stator_console_notice(const struct stator_error *notice, void *context)
{
    char text[sizeof(*notice) + 128];
    struct pollfd room = {.fd = STDERR_FILENO, .events = POLLOUT};
    FILE *stream = fmemopen(text, sizeof(text), "w");
    (void)context;
    if (stream == NULL) {
        return;
    }
    print_error(stream, notice);
    long length = ftell(stream);
    fclose(stream);
    if (length > 0 && poll(&room, 1, 0) == 1 && room.revents == POLLOUT) {
        ssize_t written = write(STDERR_FILENO, text, (size_t)length);
        (void)written;
    }
}

static bool flush(void)
{
    return fflush(stdout) == 0 && !ferror(stdout);
}

/* The flag as it is typed; a switch that is on is shown with what turns it off. */
static void print_flag(const struct stator_option_info *option)
{
    char flag[64], letter[5] = "    ";
    if (option->letter != '\0') {
        snprintf(letter, sizeof(letter), "-%c, ", option->letter);
    }
    snprintf(flag, sizeof(flag), "  %s--%s%s%s%s", letter,
             strcmp(option->default_value, "true") == 0 ? "[no-]" : "", option->key,
             option->argument != NULL ? " " : "", option->argument != NULL ? option->argument : "");
    printf("%-*s", HELP_COLUMN, flag);
}

/* True if the range is a few words to choose from, not bounds: those the errors tell. */
static bool is_choice(const struct stator_option_info *option)
{
    return option->argument != NULL && option->range[0] != '\0' &&
           strstr(option->range, "..") == NULL;
}

static void print_option(const struct stator_option_info *option)
{
    print_flag(option);
    fputs(option->help, stdout);
    if (is_choice(option)) {
        printf("%s%s", option->help[0] != '\0' ? " " : "", option->range);
    }
    if (option->default_value[0] != '\0' && strcmp(option->default_value, "false") != 0) {
        printf(" [%s]", option->default_value);
    }
    putchar('\n');
}

bool stator_console_help(void)
{
    const struct stator_option_info *option;
    fputs(examples, stdout);
    for (size_t i = 0; (option = stator_option_at(i)) != NULL; i++) {
        /* PATH, which the examples show. */
        if (strcmp(option->key, "root") != 0) {
            print_option(option);
        }
    }
    fputs(help_end, stdout);
    return flush();
}

static void describe(char *out, size_t size)
{
    stator_version_describe(out, size);
    size_t length = strlen(out);
    while (length > 0 && out[length - 1] == '\n') {
        out[--length] = '\0';
    }
}

bool stator_console_version(void)
{
    char text[2048];
    describe(text, sizeof(text));
    puts(text);
    return flush();
}

/* Where the explanations of designs and knobs stand, and where a terminal ends. */
#define ARCH_COLUMN  17
#define HELP_COLUMNS 80

/* In lines that begin in that column and break between words. */
static void print_column(const char *text)
{
    size_t max = HELP_COLUMNS - ARCH_COLUMN;

    while (strlen(text) > max) {
        size_t end = max;
        while (end > 0 && text[end] != ' ') {
            end--;
        }
        if (end == 0) {
            break;
        }
        printf("%.*s\n%*s", (int)end, text, ARCH_COLUMN, "");
        text += end + 1;
    }
    puts(text);
}

static void print_arch_option(const struct stator_arch_option_info *arch_option, void *context)
{
    (void)context;
    printf("  %s=%s [%s]\n%*s", arch_option->name, arch_option->values, arch_option->default_value,
           ARCH_COLUMN, "");
    print_column(arch_option->help);
}

static void print_arch(const char *name, const char *summary, const char *arch_options,
                       void *context)
{
    (void)arch_options;
    (void)context;
    printf("%-*s", ARCH_COLUMN, name);
    print_column(summary);
    stator_arch_option_each(name, print_arch_option, NULL);
}

bool stator_console_archs(void)
{
    stator_arch_each(print_arch, NULL);
    return flush();
}

/* Where stands what a label is for. */
#define LABEL_COLUMN 12

/* "  label     ", or as much room without a label. */
static void print_label(const char *label, bool colour)
{
    printf("  %s%-*s%s", style(colour, FAINT), LABEL_COLUMN - 2, label, style(colour, PLAIN));
}

static void print_root(const struct stator_server *server)
{
    print_harmless(stdout, stator_server_root(server));
}

static void print_lines(const struct stator_server *server, bool colour)
{
    const char *url;
    printf("%sstator %s%s\n", style(colour, BOLD), stator_version(), style(colour, PLAIN));
    print_label("serving", colour);
    print_root(server);
    putchar('\n');
    for (size_t i = 0; (url = stator_server_url(server, i)) != NULL; i++) {
        print_label(i == 0 ? "at" : "", colour);
        fputs(style(colour, CYAN), stdout);
        print_harmless(stdout, url);
        printf("%s\n", style(colour, PLAIN));
    }
    print_label("design", colour);
    printf("%s\n", stator_server_arch(server));
    print_label("to stop", colour);
    puts("press ^C");
}

static void print_line(const struct stator_server *server)
{
    const char *url;
    printf("stator %s: serving ", stator_version());
    print_root(server);
    for (size_t i = 0; (url = stator_server_url(server, i)) != NULL; i++) {
        fputs(i == 0 ? " on " : ", ", stdout);
        print_harmless(stdout, url);
    }
    printf(" (%s)\n", stator_server_arch(server));
}

/* Prints one more "key=value" of a list that `column` says where it stands; 0 is its beginning. */
static size_t print_setting(const char *key, const char *value, size_t column, bool colour)
{
    size_t length = strlen(key) + strlen("=") + strlen(value);
    if (column == 0 || column + strlen(" ") + length > COLUMNS) {
        fputs(column == 0 ? "" : "\n", stdout);
        print_label(column == 0 ? "options" : "", colour);
        column = LABEL_COLUMN;
    } else {
        putchar(' ');
        column++;
    }
    printf("%s=", key);
    print_harmless(stdout, value);
    return column + length;
}

/* Options with their values: limits, cache and all. Where it listens stands in the lines above. */
static void print_settings(const struct stator_arguments *arguments, bool colour)
{
    const struct stator_option_info *option;
    size_t column = 0;
    for (size_t i = 0; (option = stator_option_at(i)) != NULL; i++) {
        const char *value = stator_arguments_find(arguments, option->key);
        value = value != NULL ? value : option->default_value;
        if (!option->repeatable && option->argument != NULL && strcmp(option->key, "root") != 0) {
            column = print_setting(option->key, value, column, colour);
        }
    }
    putchar('\n');
}

static void print_features(bool colour)
{
    char text[2048], *rest = text, *line;
    const char *label = "built as";
    describe(text, sizeof(text));
    for (; (line = strsep(&rest, "\n")) != NULL; label = "") {
        print_label(label, colour);
        puts(line);
    }
}

void stator_console_start(const struct stator_server *server,
                          const struct stator_arguments *arguments)
{
    if (stator_arguments_is_on(arguments, "quiet")) {
        return;
    }
    bool colour = stator_console_has_colour(STDOUT_FILENO);
    if (isatty(STDOUT_FILENO)) {
        print_lines(server, colour);
    } else {
        print_line(server);
    }
    if (stator_arguments_is_on(arguments, "verbose")) {
        print_settings(arguments, colour);
        print_features(colour);
    }
    fflush(stdout);
}

/* The workers that anything came to, so that a pool that was too large stays short. */
static void print_workers(const struct stator_server *server)
{
    struct stator_worker_counts counts;
    printf("%-6s %11s %11s %9s %13s %11s %11s %10s\n", "worker", "connections", "requests",
           "errors", "bytes", "wake-ups", "for nothing", "busy");
    for (size_t i = 0; stator_server_count_worker(server, i, &counts); i++) {
        if (counts.accepted > 0 || counts.requests > 0) {
            printf("%-6zu %11" PRIu64 " %11" PRIu64 " %9" PRIu64 " %13" PRIu64 " %11" PRIu64
                   " %11" PRIu64 " %9.3fs\n",
                   i + 1, counts.accepted, counts.requests, counts.errors, counts.body_bytes,
                   counts.wakes, counts.idle_wakes, (double)counts.busy_us / 1e6);
        }
    }
}

void stator_console_end(const struct stator_server *server,
                        const struct stator_arguments *arguments)
{
    if (stator_arguments_is_on(arguments, "quiet") ||
        !stator_arguments_is_on(arguments, "verbose")) {
        return;
    }
    struct stator_server_counts counts;
    stator_server_count(server, &counts);
    printf("stator: stopped after %" PRIu64 " connections, %" PRIu64 " requests (%" PRIu64
           " errors, %" PRIu64 " cut), %" PRIu64 " bytes\n",
           counts.accepted, counts.requests, counts.errors, counts.aborted, counts.body_bytes);
    print_workers(server);
    fflush(stdout);
}
