# All three programs, with everything at its place: the helper in libexec, the polkit policy that
# names its path, desktop file, metainfo, icons, man pages, translations.
{
  lib,
  stdenv,
  rustPlatform,
  appstream,
  desktop-file-utils,
  gettext,
  glib,
  libxml2,
  pkg-config,
  wrapGAppsHook4,
  gtk4,
  gtksourceview5,
  libadwaita,
  librsvg,
  libxkbcommon,
  iso-codes,
  # It has the one name in 25.11 and the other later.
  xkeyboard-config ? null,
  xkeyboard_config ? null,
  btrfs-progs,
  coreutils,
  cryptsetup,
  kbd,
  mkpasswd,
  nix,
  nixos-install-tools,
  openssh,
  util-linux,
}:
let
  cargoToml = lib.importTOML ../../Cargo.toml;
  # What the helper runs. It has no PATH but this one and the system's own.
  helperTools = [
    btrfs-progs
    coreutils
    cryptsetup
    kbd
    mkpasswd
    nix
    nixos-install-tools
    openssh
    util-linux
  ];
in
rustPlatform.buildRustPackage {
  pname = "snowmelt";
  inherit (cargoToml.package) version;

  src = lib.fileset.toSource {
    root = ../..;
    fileset = lib.fileset.unions [
      ../../Cargo.toml
      ../../Cargo.lock
      ../../build-aux/install
      ../../build-aux/metainfo
      ../../data
      ../../po
      ../../src
      ../../tests
    ];
  };
  cargoLock.lockFile = ../../Cargo.lock;

  nativeBuildInputs = [
    appstream
    desktop-file-utils
    gettext
    glib
    libxml2
    pkg-config
    wrapGAppsHook4
  ];
  buildInputs = [
    gtk4
    gtksourceview5
    libadwaita
    librsvg
    libxkbcommon
  ];

  env = {
    SNOWMELT_HELPER = "${placeholder "out"}/libexec/snowmelt-helper";
    SNOWMELT_LOCALEDIR = "${placeholder "out"}/share/locale";
    # Names of countries and languages, and the keyboard layouts, for the app.
    SNOWMELT_ISO_CODES = iso-codes;
    SNOWMELT_XKB = if xkeyboard-config != null then xkeyboard-config else xkeyboard_config;
    SNOWMELT_TOOLS = lib.makeBinPath helperTools;
  };

  installPhase = ''
    runHook preInstall
    bash build-aux/install \
      --programs "target/${stdenv.hostPlatform.rust.cargoShortTarget}/release" \
      --prefix "$out"
    runHook postInstall
  '';

  # The helper clears its environment, so a wrapper around it would only add code that runs as root.
  dontWrapGApps = true;
  postFixup = ''
    wrapGApp "$out/bin/snowmelt"
  '';

  meta = {
    inherit (cargoToml.package) description;
    license = lib.licenses.gpl3Plus;
    mainProgram = "snowmelt";
    platforms = lib.platforms.linux;
  };
}
