// SPDX-License-Identifier: Apache-2.0
//
// Private keys that a log or a file prints line by line. No fact comes of them: each line of the key is told to the sink as
// a secret, so that no view quotes it, whatever picks the line.
//
//   -----BEGIN OPENSSH PRIVATE KEY-----                       ssh-keygen; RSA, EC, ENCRYPTED, PGP ... BLOCK alike
//   b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
//   QyNTUxOQAAACDkExAmPlEoNlYkEyKeYmAdNoTkEyOf0PrIvAtEoNlYeXaMpLe2v5HkTQ==
//   -----END OPENSSH PRIVATE KEY-----
//   Proc-Type: 4,ENCRYPTED                                    between the two, in old ones
//   ---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----                SSH2
//   Private-Lines: 14                                         PuTTY: as many lines follow
//
// Lines stand in wrappers (a time, a container's name, quotes, a YAML block); other lines may stand between them.
#pragma once

#include <string>

#include "parsers/parser.h"

namespace gpm::parsers::secrets {

class PrivateKey : public LineParser {
 public:
  std::string_view format() const override { return "private-key"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;
  void end(facts::Sink& sink) override;

 private:
  Want close(facts::Sink& sink);

  int left_ = 0;      // lines that may still belong to the key; 0 = outside
  bool full_ = false; // a whole line of it was seen
  std::string short_; // what looked like a key's last, shorter line; it is one only if the key ends there
};

}  // namespace gpm::parsers::secrets
