// SPDX-License-Identifier: Apache-2.0
/* The least a C program can take to start; also linked to the libraries of a worker, for what those take. */
int
main(void)
{
  return 0;
}
