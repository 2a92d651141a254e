/* Opening beneath a directory: every row through the system's way and through the walk. */
#include "content/root.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "tree.h"

typedef int open_fn(int root, const char *path);

static const struct {
    const char *label;
    open_fn *open;
} ways[] = {
    {"beneath", stator_root_open_beneath},
    {"walk", stator_root_walk_beneath},
};

#define EACH_WAY(way) (size_t way = 0; way < sizeof ways / sizeof *ways; way++)

struct row {
    const char *label;
    const char *path;
    const char *leads_to; /* a path without links to what must be open, or NULL */
    int error;
};

static void expect_row(const struct tree *tree, const struct row *row, size_t way)
{
    size_t before = count_open_files();
    int fd = ways[way].open(tree->root, row->path);
    if (row->leads_to == NULL) {
        cr_expect_eq(fd, row->error, "%s, %s: %d", ways[way].label, row->label, fd);
    } else {
        struct stat is = {0};
        struct stat wanted = {0};
        cr_expect_geq(fd, 0, "%s, %s: %s", ways[way].label, row->label, strerror(-fd));
        cr_expect_eq(fstatat(tree->root, row->leads_to, &wanted, AT_SYMLINK_NOFOLLOW), 0);
        if (fd >= 0) {
            cr_expect_eq(fstat(fd, &is), 0);
            cr_expect(is.st_ino == wanted.st_ino && is.st_dev == wanted.st_dev, "%s, %s",
                      ways[way].label, row->label);
            cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC, "%s, %s", ways[way].label, row->label);
            cr_expect(fcntl(fd, F_GETFL) & O_NONBLOCK, "%s, %s", ways[way].label, row->label);
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    cr_expect_eq(count_open_files(), before, "%s, %s leaks", ways[way].label, row->label);
}

static void expect_rows(const struct tree *tree, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for
            EACH_WAY(way)
            {
                expect_row(tree, &rows[i], way);
            }
    }
}

#define EXPECT_ROWS(tree, rows) expect_rows(tree, rows, sizeof(rows) / sizeof *(rows))

static void make_files(const struct tree *tree)
{
    tree_write(tree, "a.txt", "a");
    tree_directory(tree, "dir");
    tree_write(tree, "dir/b.txt", "b");
    tree_directory(tree, "dir/sub");
    tree_write(tree, "dir/sub/c.txt", "c");
    cr_assert_eq(mkfifoat(tree->root, "fifo", 0644), 0);
}

Test(root, opens_what_lies_beneath)
{
    char long_name[257];
    memset(long_name, 'n', 255);
    long_name[255] = '\0';
    char too_long_name[260];
    snprintf(too_long_name, sizeof too_long_name, "%sn", long_name);
    char long_path[5000];
    for (size_t i = 0; i + 2 < sizeof long_path; i += 2) {
        memcpy(long_path + i, "./", 3);
    }
    char longest_path[4096];
    memcpy(longest_path, long_path, 4090);
    memcpy(longest_path + 4090, "a.txt", 6);

    struct tree tree;
    tree_open(&tree);
    make_files(&tree);
    tree_write(&tree, long_name, "");
    const struct row rows[] = {
        {"a file", "a.txt", "a.txt", 0},
        {"a file in a directory", "dir/sub/c.txt", "dir/sub/c.txt", 0},
        {"a directory", "dir", "dir", 0},
        {"a directory with a slash", "dir/", "dir", 0},
        {"a directory with slashes", "dir//", "dir", 0},
        {"the root", ".", ".", 0},
        {"the root with a slash", "./", ".", 0},
        {"a dot segment", "./dir/./b.txt", "dir/b.txt", 0},
        {"a dot segment last", "dir/.", "dir", 0},
        {"an empty segment", "dir//sub///c.txt", "dir/sub/c.txt", 0},
        {"up and down", "dir/../a.txt", "a.txt", 0},
        {"up twice", "dir/sub/../../a.txt", "a.txt", 0},
        {"up to the middle", "dir/sub/../b.txt", "dir/b.txt", 0},
        {"up last", "dir/sub/..", "dir", 0},
        {"up to the root", "dir/..", ".", 0},
        {"up from the root", "..", NULL, -EXDEV},
        {"up too far", "dir/../../a.txt", NULL, -EXDEV},
        {"up from a file", "a.txt/..", NULL, -ENOTDIR},
        {"up from nothing", "none/..", NULL, -ENOENT},
        {"nothing", "none", NULL, -ENOENT},
        {"nothing in nothing", "none/none", NULL, -ENOENT},
        {"the empty path", "", NULL, -ENOENT},
        {"a file with a slash", "a.txt/", NULL, -ENOTDIR},
        {"a file as a directory", "a.txt/b", NULL, -ENOTDIR},
        {"a file and a dot", "a.txt/.", NULL, -ENOTDIR},
        {"an absolute path", "/etc/passwd", NULL, -EXDEV},
        {"a FIFO without a writer", "fifo", "fifo", 0},
        {"the longest name", long_name, long_name, 0},
        {"a name too long", too_long_name, NULL, -ENAMETOOLONG},
        {"the longest path", longest_path, "a.txt", 0},
        {"a path too long", long_path, NULL, -ENAMETOOLONG},
    };
    EXPECT_ROWS(&tree, rows);
    tree_close(&tree);
}

Test(root, follows_links_that_stay_inside)
{
    struct tree tree;
    tree_open(&tree);
    make_files(&tree);
    tree_link(&tree, "to-file", "a.txt");
    tree_link(&tree, "to-dir", "dir");
    tree_link(&tree, "to-dir-slash", "dir//");
    tree_link(&tree, "to-file-slash", "a.txt/");
    tree_link(&tree, "to-root", ".");
    tree_link(&tree, "to-fifo", "fifo");
    tree_link(&tree, "to-link", "to-dir/up");
    tree_link(&tree, "dir/up", "../a.txt");
    tree_link(&tree, "dir/sub/down-and-up", "../../dir/sub/.././../a.txt");
    tree_link(&tree, "dir/sub/parent", "..");
    tree_link(&tree, "dangling", "none");
    tree_link(&tree, "ups", "dir/sub/../../dir/../dir/sub/../../dir/sub/../b.txt");
    static const struct row rows[] = {
        {"to a file", "to-file", "a.txt", 0},
        {"to a file, with a slash", "to-file/", NULL, -ENOTDIR},
        {"to a directory", "to-dir", "dir", 0},
        {"to a directory, with a slash", "to-dir/", "dir", 0},
        {"through a directory", "to-dir/sub/c.txt", "dir/sub/c.txt", 0},
        {"a target with slashes", "to-dir-slash/b.txt", "dir/b.txt", 0},
        {"a target with slashes, last", "to-dir-slash", "dir", 0},
        {"a file's target with a slash", "to-file-slash", NULL, -ENOTDIR},
        {"to the root", "to-root", ".", 0},
        {"through the root", "to-root/to-root/a.txt", "a.txt", 0},
        {"to a FIFO", "to-fifo", "fifo", 0},
        {"to a link", "to-link", "a.txt", 0},
        {"up", "dir/up", "a.txt", 0},
        {"up, through a link", "to-dir/up", "a.txt", 0},
        {"down and up", "dir/sub/down-and-up", "a.txt", 0},
        {"to the parent", "dir/sub/parent", "dir", 0},
        {"to the parent and on", "dir/sub/parent/sub/parent/b.txt", "dir/b.txt", 0},
        {"out of a linked directory", "to-dir/../a.txt", "a.txt", 0},
        {"up and down again and again", "ups", "dir/b.txt", 0},
        {"to nothing", "dangling", NULL, -ENOENT},
        {"through nothing", "dangling/a", NULL, -ENOENT},
    };
    EXPECT_ROWS(&tree, rows);
    tree_close(&tree);
}

Test(root, refuses_links_that_lead_out)
{
    struct tree tree;
    tree_open(&tree);
    make_files(&tree);
    char back_in[128];
    snprintf(back_in, sizeof back_in, "../%s/a.txt", strrchr(tree.path, '/') + 1);
    char absolute[128];
    snprintf(absolute, sizeof absolute, "%s/a.txt", tree.path);
    tree_link(&tree, "out", "..");
    tree_link(&tree, "out-to-nothing", "../none-of-that-name");
    tree_link(&tree, "out-and-in", back_in);
    tree_link(&tree, "dir/sub/far-out", "../../../etc/passwd");
    tree_link(&tree, "absolute", "/etc/passwd");
    tree_link(&tree, "absolute-inside", absolute);
    tree_link(&tree, "slash", "/");
    tree_link(&tree, "to-out", "dir/sub/far-out");
    static const struct row rows[] = {
        {"out", "out", NULL, -EXDEV},
        {"through out", "out/etc/passwd", NULL, -EXDEV},
        {"out to nothing", "out-to-nothing", NULL, -EXDEV},
        {"out and back in", "out-and-in", NULL, -EXDEV},
        {"far out", "dir/sub/far-out", NULL, -EXDEV},
        {"absolute", "absolute", NULL, -EXDEV},
        {"absolute, though inside", "absolute-inside", NULL, -EXDEV},
        {"the file system's root", "slash", NULL, -EXDEV},
        {"through the file system's root", "slash/etc/passwd", NULL, -EXDEV},
        {"to a link that leads out", "to-out", NULL, -EXDEV},
    };
    EXPECT_ROWS(&tree, rows);
    tree_close(&tree);
}

Test(root, ends_loops)
{
    struct tree tree;
    tree_open(&tree);
    make_files(&tree);
    tree_link(&tree, "self", "self");
    tree_link(&tree, "ping", "pong");
    tree_link(&tree, "pong", "ping");
    tree_link(&tree, "growing", "growing/x");
    tree_link(&tree, "dir/sub/around", "../sub/around");
    tree_link(&tree, "chain1", "a.txt");
    for (int i = 2; i <= 41; i++) {
        char name[16];
        char target[16];
        snprintf(name, sizeof name, "chain%d", i);
        snprintf(target, sizeof target, "chain%d", i - 1);
        tree_link(&tree, name, target);
    }
    static const struct row rows[] = {
        {"to itself", "self", NULL, -ELOOP},
        {"through itself", "self/x", NULL, -ELOOP},
        {"two", "ping", NULL, -ELOOP},
        {"one that grows", "growing", NULL, -ELOOP},
        {"by the parent", "dir/sub/around", NULL, -ELOOP},
        {"40 links", "chain40", "a.txt", 0},
        {"41 links", "chain41", NULL, -ELOOP},
    };
    EXPECT_ROWS(&tree, rows);
    tree_close(&tree);
}

Test(root, opens_at_any_depth)
{
    struct tree tree;
    tree_open(&tree);
    char path[600];
    for (size_t i = 0; i < sizeof path; i += 2) {
        memcpy(path + i, "d", 2);
        tree_directory(&tree, path);
        path[i + 1] = '/';
    }
    path[sizeof path - 1] = '\0';
    const struct row rows[] = {{"300 directories", path, path, 0}};
    EXPECT_ROWS(&tree, rows);
    tree_close(&tree);
}

Test(root, asks_the_way_for_search_and_the_end_for_reading)
{
    struct tree tree;
    tree_open(&tree);
    make_files(&tree);
    tree_directory(&tree, "closed");
    tree_write(&tree, "closed/x", "");
    tree_write(&tree, "secret", "");
    tree_link(&tree, "to-secret", "secret");
    cr_assert_eq(fchmodat(tree.root, "dir", 0111, 0), 0);
    cr_assert_eq(fchmodat(tree.root, "closed", 0444, 0), 0);
    cr_assert_eq(fchmodat(tree.root, "secret", 0000, 0), 0);
    uid_t old = become_nobody(&tree);
    static const struct row rows[] = {
        {"a file in a directory that cannot be read", "dir/b.txt", "dir/b.txt", 0},
        {"through two", "dir/sub/c.txt", "dir/sub/c.txt", 0},
        {"the directory that cannot be read", "dir", NULL, -EACCES},
        {"the same with a slash", "dir/", NULL, -EACCES},
        {"nothing in it", "dir/none", NULL, -ENOENT},
        {"nothing in a directory that cannot be searched", "closed/none", NULL, -EACCES},
        {"a file in one", "closed/x", NULL, -EACCES},
        {"a file that cannot be read", "secret", NULL, -EACCES},
        {"a link to it", "to-secret", NULL, -EACCES},
    };
    EXPECT_ROWS(&tree, rows);
    cr_assert_eq(seteuid(old), 0);
    cr_assert_eq(fchmodat(tree.root, "dir", 0755, 0), 0);
    cr_assert_eq(fchmodat(tree.root, "closed", 0755, 0), 0);
    tree_close(&tree);
}

Test(root, lives_with_few_descriptors)
{
    struct tree tree;
    tree_open(&tree);
    make_files(&tree);
    tree_link(&tree, "dir/sub/around", "../../dir/sub/../b.txt");
    static const char *const paths[] = {"a.txt", "dir/sub/c.txt", "dir/sub/around", "dir/"};
    for
        EACH_WAY(way)
        {
            for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
                for (size_t spare = 0; spare <= 3; spare++) {
                    size_t before = count_open_files();
                    struct rlimit old = leave_descriptors(spare);
                    int fd = ways[way].open(tree.root, paths[i]);
                    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
                    bool is_enough = spare >= 2;
                    cr_expect(is_enough ? fd >= 0 : fd >= 0 || fd == -EMFILE, "%s, %s, %zu: %d",
                              ways[way].label, paths[i], spare, fd);
                    cr_expect(spare > 0 || fd == -EMFILE, "%s, %s: %d", ways[way].label, paths[i],
                              fd);
                    if (fd >= 0) {
                        close(fd);
                    }
                    cr_expect_eq(count_open_files(), before, "%s, %s leaks", ways[way].label,
                                 paths[i]);
                }
            }
        }
    tree_close(&tree);
}

/* Swaps a directory and a link to the outside for each other until it is killed. */
static void swap_for_ever(const struct tree *tree)
{
    for (;;) {
        renameat(tree->root, "swap", tree->root, "inside");
        renameat(tree->root, "outside", tree->root, "swap");
        renameat(tree->root, "swap", tree->root, "outside");
        renameat(tree->root, "inside", tree->root, "swap");
    }
}

Test(root, is_not_led_out_by_a_rename_under_way)
{
    struct tree outside;
    struct tree tree;
    tree_open(&outside);
    tree_write(&outside, "file", "outside");
    tree_open(&tree);
    tree_directory(&tree, "swap");
    tree_write(&tree, "swap/file", "inside");
    tree_link(&tree, "outside", outside.path);
    pid_t child = fork();
    cr_assert_geq(child, 0);
    if (child == 0) {
        swap_for_ever(&tree);
    }
    struct stat wrong;
    cr_assert_eq(fstatat(outside.root, "file", &wrong, 0), 0);
    for
        EACH_WAY(way)
        {
            for (int i = 0; i < 3000; i++) {
                int fd = ways[way].open(tree.root, "swap/../swap/file");
                struct stat is = {0};
                if (fd >= 0) {
                    cr_expect_eq(fstat(fd, &is), 0);
                    cr_expect_neq(is.st_ino, wrong.st_ino, "%s was led out", ways[way].label);
                    close(fd);
                }
            }
        }
    cr_expect_eq(kill(child, SIGKILL), 0);
    waitpid(child, NULL, 0);
    tree_close(&tree);
    tree_close(&outside);
}

Test(root, refuses_a_socket_without_blocking)
{
    struct tree tree;
    tree_open(&tree);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", tree.path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    static const struct row rows[] = {{"a socket", "socket", NULL, -ENXIO}};
    EXPECT_ROWS(&tree, rows);
    close(fd);
    tree_close(&tree);
}

Test(root, opens_only_directories_to_serve_from)
{
    struct tree tree;
    tree_open(&tree);
    tree_write(&tree, "a.txt", "a");
    tree_directory(&tree, "searched");
    tree_directory(&tree, "closed");
    cr_assert_eq(fchmodat(tree.root, "searched", 0711, 0), 0);
    cr_assert_eq(fchmodat(tree.root, "closed", 0600, 0), 0);
    static const struct {
        const char *name;
        int error;
    } rows[] = {{"a.txt", -ENOTDIR}, {"none", -ENOENT}, {"closed", -EACCES}, {"searched", 0}};
    size_t before = count_open_files();
    uid_t old = become_nobody(&tree);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char path[96];
        snprintf(path, sizeof path, "%s/%s", tree.path, rows[i].name);
        int fd = stator_root_open(path);
        cr_expect(rows[i].error != 0 ? fd == rows[i].error : fd >= 0, "%s: %d", rows[i].name, fd);
        if (fd >= 0) {
            cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC);
            close(fd);
        }
    }
    cr_assert_eq(seteuid(old), 0);
    cr_expect_eq(count_open_files(), before);
    tree_close(&tree);
}
