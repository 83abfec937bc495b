#!/bin/sh
# Makes the two subsets beside this file from Debian's package fonts-roboto-unhinted 2:0~20170802-3 (Roboto 2.138, Apache-2.0).
# Needs apt-get, dpkg and Python with fonttools 4 (pip install fonttools). Run it in this folder.
set -eu
here=$(pwd)
work=$(mktemp -d)
cd "$work"
apt-get download fonts-roboto-unhinted
dpkg -x fonts-roboto-unhinted_*.deb package
for style in Regular Bold; do
  pyftsubset "package/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF/Roboto-$style.ttf" \
    --unicodes="U+0020-007E,U+00A0-00FF,U+0391-03A9,U+03B1-03C9,U+2013,U+2014,U+2018,U+2019,U+201C,U+201D,U+2022,U+2026,U+2070,U+2074-208E,U+2202,U+2211,U+2212,U+221A,U+221E,U+2248,U+2260,U+2264,U+2265" \
    --layout-features='' --no-hinting --drop-tables+=GPOS,GSUB,GDEF,kern --name-IDs='0,1,2,3,4,5,6,13,14' \
    --output-file="$here/Roboto-$style.subset.ttf"
done
rm -r "$work"
