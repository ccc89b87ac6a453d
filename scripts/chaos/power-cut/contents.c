#define _GNU_SOURCE
#include "followed.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

/* Where a write without an offset goes. */
static off_t position(int fd) {
  struct stat st;
  if ((fcntl(fd, F_GETFL) & O_APPEND) && fstat(fd, &st) == 0) return st.st_size;
  return lseek(fd, 0, SEEK_CUR);
}

static off_t total(const struct iovec *parts, int count) {
  off_t sum = 0;
  for (int i = 0; i < count; i++) sum += (off_t)parts[i].iov_len;
  return sum;
}

static void synced_by_flag(int fd, struct file *file) {
  if (fcntl(fd, F_GETFL) & (O_DSYNC | O_SYNC)) file_sync_done(file, file_sync_begin(file));
}

/* ---- changes of contents: keep, do, count ---- */

#define CHANGE(fd, offset, length, call)      \
  struct file *file = lock_file(fd);          \
  if (!file) return call;                     \
  file_keep(file, offset, length);            \
  __typeof__(call) result = call;             \
  if (result >= 0) synced_by_flag(fd, file);  \
  written();                                  \
  return result

ssize_t write(int fd, const void *bytes, size_t count) {
  NEXT(ssize_t, write, int, const void *, size_t);
  CHANGE(fd, position(fd), (off_t)count, next(fd, bytes, count));
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  NEXT(ssize_t, writev, int, const struct iovec *, int);
  CHANGE(fd, position(fd), total(parts, count), next(fd, parts, count));
}

#define PWRITE(name)                                                        \
  ssize_t name(int fd, const void *bytes, size_t count, off_t offset) {     \
    NEXT(ssize_t, name, int, const void *, size_t, off_t);                  \
    CHANGE(fd, offset, (off_t)count, next(fd, bytes, count, offset));       \
  }
PWRITE(pwrite)
PWRITE(pwrite64)

#define PWRITEV(name)                                                            \
  ssize_t name(int fd, const struct iovec *parts, int count, off_t offset) {     \
    NEXT(ssize_t, name, int, const struct iovec *, int, off_t);                  \
    CHANGE(fd, offset, total(parts, count), next(fd, parts, count, offset));     \
  }
PWRITEV(pwritev)
PWRITEV(pwritev64)

#define PWRITEV2(name)                                                                      \
  ssize_t name(int fd, const struct iovec *parts, int count, off_t offset, int flags) {     \
    NEXT(ssize_t, name, int, const struct iovec *, int, off_t, int);                        \
    CHANGE(fd, offset < 0 ? position(fd) : offset, total(parts, count),                     \
           next(fd, parts, count, offset, flags));                                          \
  }
PWRITEV2(pwritev2)
PWRITEV2(pwritev64v2)

static off_t length_of(int fd) {
  struct stat st;
  return fstat(fd, &st) == 0 ? st.st_size : 0;
}

#define FTRUNCATE(name)                                                       \
  int name(int fd, off_t length) {                                            \
    NEXT(int, name, int, off_t);                                              \
    CHANGE(fd, length, length_of(fd) - length, next(fd, length));             \
  }
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

#define TRUNCATE(name)                                                        \
  int name(const char *path, off_t length) {                                  \
    int fd = open(path, O_WRONLY | O_CLOEXEC);                                \
    if (fd < 0) return -1;                                                    \
    int result = ftruncate(fd, length);                                       \
    close(fd);                                                                \
    return result;                                                            \
  }
TRUNCATE(truncate)
TRUNCATE(truncate64)

#define FALLOCATE(name)                                                       \
  int name(int fd, int mode, off_t offset, off_t length) {                    \
    NEXT(int, name, int, int, off_t, off_t);                                  \
    CHANGE(fd, offset, mode ? length_of(fd) - offset : 0,                     \
           next(fd, mode, offset, length));                                   \
  }
FALLOCATE(fallocate)
FALLOCATE(fallocate64)

/* Only allocates or lengthens, which loses nothing; the length itself is undone. */
#define POSIX_FALLOCATE(name)                                                 \
  int name(int fd, off_t offset, off_t length) {                              \
    NEXT(int, name, int, off_t, off_t);                                       \
    CHANGE(fd, offset, 0, next(fd, offset, length));                          \
  }
POSIX_FALLOCATE(posix_fallocate)
POSIX_FALLOCATE(posix_fallocate64)

ssize_t copy_file_range(int in, off_t *in_at, int out, off_t *out_at, size_t length,
                        unsigned int flags) {
  NEXT(ssize_t, copy_file_range, int, off_t *, int, off_t *, size_t, unsigned int);
  CHANGE(out, out_at ? *out_at : position(out), (off_t)length,
         next(in, in_at, out, out_at, length, flags));
}

#define SENDFILE(name)                                                        \
  ssize_t name(int out, int in, off_t *at, size_t length) {                   \
    NEXT(ssize_t, name, int, int, off_t *, size_t);                           \
    CHANGE(out, position(out), (off_t)length, next(out, in, at, length));     \
  }
SENDFILE(sendfile)
SENDFILE(sendfile64)

/* ---- syncs ---- */

static int synced(int fd, int (*next)(int)) {
  struct stat st;
  if (!on || fstat(fd, &st) != 0) return next(fd);
  pthread_mutex_lock(&lock);
  struct file *file = S_ISREG(st.st_mode) ? file_of(&st) : NULL;
  if (!file && !S_ISDIR(st.st_mode)) {
    pthread_mutex_unlock(&lock);
    return next(fd);
  }
  syncing();
  struct sync_mark mark = {0};
  uint64_t names = names_sync_begin();
  if (file) mark = file_sync_begin(file);
  /* Writers go on while the disk works; what they change meanwhile belongs to the next sync. */
  pthread_mutex_unlock(&lock);
  int result = next(fd);
  int reason = errno;
  pthread_mutex_lock(&lock);
  file = S_ISREG(st.st_mode) ? file_of(&st) : NULL;
  if (result == 0 && file) file_sync_done(file, mark);
  if (result == 0 && S_ISDIR(st.st_mode)) names_sync_done(&st, names);
  pthread_mutex_unlock(&lock);
  errno = reason;
  return result;
}

int fsync(int fd) {
  NEXT(int, fsync, int);
  return synced(fd, next);
}

int fdatasync(int fd) {
  NEXT(int, fdatasync, int);
  return synced(fd, next);
}

void sync(void) {
  static void (*next)(void);
  if (!next) next = (void (*)(void))dlsym(RTLD_NEXT, "sync");
  if (on) pthread_mutex_lock(&lock);
  next();
  if (!on) return;
  files_sync_all();
  names_sync_all();
  pthread_mutex_unlock(&lock);
}

int syncfs(int fd) {
  NEXT(int, syncfs, int);
  if (on) pthread_mutex_lock(&lock);
  int result = next(fd);
  if (!on) return result;
  if (result == 0) files_sync_all();
  if (result == 0) names_sync_all();
  pthread_mutex_unlock(&lock);
  return result;
}
