// SPDX-License-Identifier: Apache-2.0
//
// Configuration files of the host that decide whether GPUs work.
//
//   options nvidia NVreg_DeviceFileMode=432 NVreg_DeviceFileGID=27      /etc/modprobe.d; `$ cat /etc/modprobe.d/nvidia.conf`
//   blacklist nouveau
//   * soft memlock unlimited                                            /etc/security/limits.conf
//   10.30.200.5:/vol/models on /mnt/nas type nfs4 (ro,relatime,...)     mount
//   cdiVersion: 0.5.0                                                 a CDI spec
//   tmpfs on /dev/shm type tmpfs (rw,nosuid,nodev,size=65536k)
//
// Gives settings of scope modprobe (subject = module, key = option or "blacklist"), limits_conf (subject = domain, key =
// "soft memlock") and mount (key = mount point, value = "nfs4 10.30.200.5:/vol/models ro,..."; only network file systems and
// /dev/shm), and host.cdi_spec_version.
#pragma once

#include "parsers/parser.h"

namespace gpm::parsers::host {

class ConfigurationParser : public LineParser {
 public:
  std::string_view format() const override { return "configuration"; }
  std::span<const std::string_view> gates() const override;
  Want line(const text::Line& line, facts::Sink& sink) override;

 private:
  void add(const text::Line& line, std::string_view scope, std::string_view subject, std::string_view key, std::string_view value,
           facts::Sink& sink);
  int facts_left_ = 5000;
};

}  // namespace gpm::parsers::host
