#define _GNU_SOURCE
#include "followed.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* ---- opening ---- */

static int open_followed(int dir, const char *path, int flags, mode_t mode) {
  NEXT(int, openat, int, const char *, int, ...);
  char name[PATH_MAX];
  bool changes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC));
  if (!changes || (flags & O_TMPFILE) == O_TMPFILE || !followed_name(dir, path, name))
    return next(dir, path, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat before;
  bool existed = fstatat(dir, path, &before, 0) == 0;
  /* The old contents must be read before they go, so the file is emptied after it is followed. */
  int fd = next(dir, path, flags & ~O_TRUNC, mode);
  int reason = errno;
  if (fd >= 0) {
    if (!existed) name_created(name, false);
    if ((flags & O_ACCMODE) != O_RDONLY) file_follow(fd, !existed);
  }
  pthread_mutex_unlock(&lock);
  if (fd >= 0 && existed && (flags & O_TRUNC) && S_ISREG(before.st_mode)) ftruncate(fd, 0);
  errno = reason;
  return fd;
}

static mode_t mode_of(int flags, va_list list) {
  return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(list, mode_t) : 0;
}

#define OPEN(name)                                        \
  int name(const char *path, int flags, ...) {            \
    va_list list;                                         \
    va_start(list, flags);                                \
    mode_t mode = mode_of(flags, list);                   \
    va_end(list);                                         \
    return open_followed(AT_FDCWD, path, flags, mode);    \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                      \
  int name(int dir, const char *path, int flags, ...) {   \
    va_list list;                                         \
    va_start(list, flags);                                \
    mode_t mode = mode_of(flags, list);                   \
    va_end(list);                                         \
    return open_followed(dir, path, flags, mode);         \
  }
OPENAT(openat)
OPENAT(openat64)

int __open_2(const char *path, int flags) { return open_followed(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_followed(AT_FDCWD, path, flags, 0); }
int __openat_2(int dir, const char *path, int flags) { return open_followed(dir, path, flags, 0); }
int __openat64_2(int dir, const char *path, int flags) { return open_followed(dir, path, flags, 0); }

int creat(const char *path, mode_t mode) {
  return open_followed(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

/* ---- changes of names ---- */

int unlinkat(int dir, const char *path, int flags) {
  NEXT(int, unlinkat, int, const char *, int);
  char name[PATH_MAX];
  if (!followed_name(dir, path, name)) return next(dir, path, flags);
  struct stat st;
  if (lstat(name, &st) != 0) return -1;
  bool folder_asked = flags & AT_REMOVEDIR;
  if (!folder_asked && S_ISDIR(st.st_mode)) {
    errno = EISDIR;
    return -1;
  }
  pthread_mutex_lock(&lock);
  int result = folder_asked ? name_rmdir(name) : name_unlink(name);
  written();
  return result;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }

int remove(const char *path) {
  struct stat st;
  if (lstat(path, &st) != 0) return -1;
  return unlinkat(AT_FDCWD, path, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned int flags) {
  NEXT(int, renameat2, int, const char *, int, const char *, unsigned int);
  char a[PATH_MAX], b[PATH_MAX];
  if (!followed_name(from_dir, from, a) || !followed_name(to_dir, to, b))
    return next(from_dir, from, to_dir, to, flags);
  if (flags != 0) give_up("renameat2 with flags is not modelled");
  pthread_mutex_lock(&lock);
  int result = name_rename(a, b);
  written();
  return result;
}

int renameat(int from_dir, const char *from, int to_dir, const char *to) {
  return renameat2(from_dir, from, to_dir, to, 0);
}
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags) {
  NEXT(int, linkat, int, const char *, int, const char *, int);
  char name[PATH_MAX];
  if (!followed_name(to_dir, to, name)) return next(from_dir, from, to_dir, to, flags);
  pthread_mutex_lock(&lock);
  int result = next(from_dir, from, to_dir, to, flags);
  if (result == 0) name_created(name, false);
  written();
  return result;
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int mkdirat(int dir, const char *path, mode_t mode) {
  NEXT(int, mkdirat, int, const char *, mode_t);
  char name[PATH_MAX];
  if (!followed_name(dir, path, name)) return next(dir, path, mode);
  pthread_mutex_lock(&lock);
  int result = next(dir, path, mode);
  if (result == 0) name_created(name, true);
  written();
  return result;
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
