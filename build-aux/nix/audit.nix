# snowmelt-audit alone, for installed systems: one program without GTK or D-Bus services.
{
  lib,
  stdenv,
  rustPlatform,
  gettext,
  btrfs-progs,
  coreutils,
  systemd,
  util-linux,
}:
let
  cargoToml = lib.importTOML ../../Cargo.toml;
in
rustPlatform.buildRustPackage {
  pname = "snowmelt-audit";
  inherit (cargoToml.package) version;

  src = lib.fileset.toSource {
    root = ../..;
    fileset = lib.fileset.unions [
      ../../Cargo.toml
      ../../Cargo.lock
      ../../build-aux/install
      ../../data
      ../../po
      ../../src
      ../../tests
    ];
  };
  cargoLock.lockFile = ../../Cargo.lock;
  buildNoDefaultFeatures = true;
  cargoBuildFlags = [
    "--bin"
    "snowmelt-audit"
  ];
  # The whole package's own check runs its tests.
  doCheck = false;

  nativeBuildInputs = [ gettext ];

  env = {
    SNOWMELT_LOCALEDIR = "${placeholder "out"}/share/locale";
    SNOWMELT_TOOLS = lib.makeBinPath [
      btrfs-progs
      coreutils
      systemd
      util-linux
    ];
  };

  installPhase = ''
    runHook preInstall
    bash build-aux/install --audit-only \
      --programs "target/${stdenv.hostPlatform.rust.cargoShortTarget}/release" \
      --prefix "$out"
    runHook postInstall
  '';

  meta = {
    description = "Lists what the next rollback of the root would delete, and gets it back afterwards";
    license = lib.licenses.gpl3Plus;
    mainProgram = "snowmelt-audit";
    platforms = lib.platforms.linux;
  };
}
