/* Loaded before libc into the program under test, this writes down everything that
 * SQLite does to the files of one folder, in order: opened, written, cut, synced,
 * removed, renamed. db/powercut_test.go rebuilds from it what a disk may hold after
 * the power was cut at any point.
 *
 * A record is one byte of kind, the file's number, offset and length in the
 * machine's byte order, then the content. Each is appended by one write(2), so that
 * the program's own records of what it acknowledged stand in their place among them.
 * One lock covers an operation and its record: what a sync record follows was
 * written before that sync began. The wal-index (-shm) is left out: it is memory
 * shared by processes, and rebuilt after a crash. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAXFD 4096
#define MAXNAMES 64

struct __attribute__((packed)) head { uint8_t kind; uint32_t file; uint64_t off, len; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX], names[MAXNAMES][PATH_MAX];
static int journal = -1, known, number[MAXFD]; /* number of an open file, 0 for others */

static int (*r_open)(const char *, int, ...), (*r_openat)(int, const char *, int, ...), (*r_close)(int);
static ssize_t (*r_write)(int, const void *, size_t), (*r_pwrite)(int, const void *, size_t, off64_t), (*r_writev)(int, const struct iovec *, int);
static int (*r_ftruncate)(int, off64_t), (*r_fsync)(int), (*r_fdatasync)(int), (*r_unlink)(const char *), (*r_rename)(const char *, const char *);

static void die(const char *why)
{
	fprintf(stderr, "powercut: %s: %s\n", why, strerror(errno));
	abort();
}

static void *real(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);
	if (!p) die(name);
	return p;
}

__attribute__((constructor)) static void begin(void)
{
	r_open = real("open64"); r_openat = real("openat64"); r_close = real("close");
	r_write = real("write"); r_pwrite = real("pwrite64"); r_writev = real("writev");
	r_ftruncate = real("ftruncate64"); r_fsync = real("fsync"); r_fdatasync = real("fdatasync");
	r_unlink = real("unlink"); r_rename = real("rename");
	const char *f = getenv("POWERCUT_FOLDER"), *j = getenv("POWERCUT_JOURNAL");
	if (!f || !j) return;
	snprintf(folder, sizeof folder, "%s/", f);
	if ((journal = r_open(j, O_WRONLY | O_APPEND | O_CREAT, 0600)) < 0) die("open journal");
}

static void note(char kind, uint32_t file, uint64_t off, const void *data, uint64_t len)
{
	struct head h = {kind, file, off, len};
	struct iovec v[2] = {{&h, sizeof h}, {(void *)data, data ? len : 0}};
	ssize_t want = sizeof h + v[1].iov_len;
	if (r_writev(journal, v, 2) != want) die("write journal");
}

/* numberOf gives the number of a file of the folder, and names it in the journal when it is new. */
static int numberOf(const char *path)
{
	size_t n = strlen(path);
	if (journal < 0 || strncmp(path, folder, strlen(folder)) || (n > 4 && !strcmp(path + n - 4, "-shm"))) return 0;
	for (int i = 0; i < known; i++)
		if (!strcmp(names[i], path)) return i + 1;
	if (known == MAXNAMES) die("too many files");
	strcpy(names[known++], path);
	note('N', known, 0, path + strlen(folder), n - strlen(folder));
	return known;
}

static int opened(int fd, const char *path, int flags)
{
	if (fd >= 0 && fd < MAXFD) {
		number[fd] = numberOf(path);
		if (number[fd] && (flags & O_TRUNC)) note('T', number[fd], 0, NULL, 0);
	}
	return fd;
}

#define MODE(flags) mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list a; va_start(a, flags); mode = va_arg(a, int); va_end(a); }
#define LOCKED(type, call) pthread_mutex_lock(&lock); type r = (call); int e = errno; pthread_mutex_unlock(&lock); errno = e; return r

int open64(const char *path, int flags, ...) { MODE(flags); LOCKED(int, opened(r_open(path, flags, mode), path, flags)); }
int open(const char *path, int flags, ...) { MODE(flags); LOCKED(int, opened(r_open(path, flags, mode), path, flags)); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags); LOCKED(int, opened(r_openat(at, path, flags, mode), path, flags)); }
int openat(int at, const char *path, int flags, ...) { MODE(flags); LOCKED(int, opened(r_openat(at, path, flags, mode), path, flags)); }

static int tracked(int fd) { return fd >= 0 && fd < MAXFD ? number[fd] : 0; }

static int closing(int fd) { if (tracked(fd)) number[fd] = 0; return r_close(fd); }
int close(int fd) { LOCKED(int, closing(fd)); }

static ssize_t wrote(ssize_t n, int fd, const void *data, off64_t off)
{
	if (n > 0 && tracked(fd)) note('W', tracked(fd), off, data, n);
	return n;
}

static ssize_t writeAt(int fd, const void *data, size_t len)
{
	if (!tracked(fd)) return r_write(fd, data, len);
	off64_t off = lseek64(fd, 0, SEEK_CUR);
	return wrote(r_write(fd, data, len), fd, data, off);
}

ssize_t write(int fd, const void *data, size_t len) { LOCKED(ssize_t, writeAt(fd, data, len)); }
ssize_t pwrite64(int fd, const void *data, size_t len, off64_t off) { LOCKED(ssize_t, wrote(r_pwrite(fd, data, len, off), fd, data, off)); }
ssize_t pwrite(int fd, const void *data, size_t len, off_t off) { LOCKED(ssize_t, wrote(r_pwrite(fd, data, len, off), fd, data, off)); }

/* SQLite does not use these; a version that did would go unseen. */
ssize_t writev(int fd, const struct iovec *v, int n) { if (tracked(fd)) die("writev"); return r_writev(fd, v, n); }

static int done(int failed, char kind, int file, uint64_t off)
{
	if (!failed && file) note(kind, file, off, NULL, 0);
	return failed;
}

int ftruncate64(int fd, off64_t n) { LOCKED(int, done(r_ftruncate(fd, n), 'T', tracked(fd), n)); }
int ftruncate(int fd, off_t n) { LOCKED(int, done(r_ftruncate(fd, n), 'T', tracked(fd), n)); }
int fsync(int fd) { LOCKED(int, done(r_fsync(fd), 'S', tracked(fd), 0)); }
int fdatasync(int fd) { LOCKED(int, done(r_fdatasync(fd), 'S', tracked(fd), 0)); }
int unlink(const char *path) { LOCKED(int, done(r_unlink(path), 'U', numberOf(path), 0)); }

static int renamed(const char *from, const char *to)
{
	int a = numberOf(from), b = numberOf(to);
	if (a || b) die("rename");
	return r_rename(from, to);
}
int rename(const char *from, const char *to) { LOCKED(int, renamed(from, to)); }
