// SPDX-License-Identifier: Apache-2.0
/* The plan as a file for the colleague who may carry it out, as `tenon configure NAME -o md` writes it, before there is a
 * connection of that name. A file that is there already is not touched. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/cli/configure_request.h"
#include "core/cli/face_line.h"

/* 0 or an errno value. */
static int
write_new(const char *path, const struct buf *page)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd < 0)
    return errno;
  ssize_t n = write(fd, page->ptr, page->len);
  int error = n < 0 ? errno : (size_t)n < page->len ? ENOSPC : 0;
  if (close(fd) != 0 && !error)
    error = errno;
  if (error)
    (void)unlink(path);
  return error;
}

void
line_request(struct line_face *f)
{
  CLEANUP_BUF struct buf typed = BUF_INIT(LINE_TYPED_MAX), page = BUF_INIT(PLAN_TEXT_MAX);
  const char *name = json_text(f->view, "proposed");
  CLEANUP_FREE char *usual = text_printf("%s-request.md", name ? name : "tenon");
  CLEANUP_FREE char *prompt = text_printf("File [%s]: ", usual ? usual : "");

  if (!line_command(f, prompt ? prompt : "File: ", &typed) || strcmp(buf_text(&typed), ":b") == 0)
    return;
  const char *path = typed.len ? buf_text(&typed) : usual;
  request_put_session(&page, driver_session(f->run->driver), name);
  int error = buf_failed(&page) || !path ? ENOMEM : write_new(path, &page);
  if (error == EEXIST)
    line_tell(f, COLOUR_YELLOW, 2, "! There is a file %s already: name another one.", path);
  else if (error)
    line_tell(f, COLOUR_YELLOW, 2, "! %s cannot be written: %s.", path ? path : "It",
              strerror(error));
  else
    line_tell(f, COLOUR_NONE, 2,
              "Written to %s, without a secret. Once it is done: verify. You may save unverified "
              "until then.",
              path);
}
