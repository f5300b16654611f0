//! A PostgreSQL of one's own, to be killed while others use it.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A cluster that only this test uses. Its socket is a file in its folder; it never waits for the disk, because the machine is not killed.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
}

impl Cluster {
    /// Makes and starts one.
    ///
    /// # Panics
    /// When the programs of PostgreSQL are not on this machine, or it does not start.
    #[must_use]
    pub fn start() -> Self {
        let folder = TempDir::with_prefix("causeway-pg-").expect("a temporary folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("permissions");
        let sockets = folder.path().join("run");
        std::fs::create_dir(&sockets).expect("a folder");
        if let Some((_, user, group)) = owner() {
            chown(&sockets, Some(user), Some(group)).expect("a folder for the owner of PostgreSQL");
        }
        let cluster = Self { folder, programs: programs() };
        let data = cluster.data();
        cluster.run("initdb", &["-D", &data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        cluster.begin();
        cluster
    }

    /// The address of its first database, as its superuser.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@localhost:5432/postgres?host={}", self.sockets().display())
    }

    /// Stops it as a crash would: every process ends at once, and nothing is tidied up.
    pub fn strike(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    /// Starts it and waits until it has recovered.
    pub fn begin(&self) {
        let (log, sockets) = (self.sockets().join("log").display().to_string(), self.sockets().display().to_string());
        let options = format!("-k {sockets} -c listen_addresses='' -c max_connections=50 -c fsync=off");
        self.run("pg_ctl", &["-D", &self.data(), "-l", &log, "-w", "-o", &options, "start"]);
    }

    fn sockets(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    fn data(&self) -> String {
        self.sockets().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let ended = self.command(program).args(arguments).status().expect("a program of PostgreSQL");
        assert!(ended.success(), "{program} {arguments:?}");
    }

    /// A program of PostgreSQL, by somebody who is not root: it refuses root.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match owner() {
            Some((name, ..)) => {
                let mut command = Command::new("runuser");
                command.args(["-u", &name, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The folder goes next; whoever still runs in it must not.
        let _ = self.command("pg_ctl").args(["-D", &self.data(), "-m", "immediate", "stop"]).stderr(Stdio::null()).status();
    }
}

/// Who runs PostgreSQL, with the numbers of user and group, when this process is root; `None` when it may run it itself.
fn owner() -> Option<(String, u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let of = |name: &str| {
        let fields: Vec<&str> = users.lines().find(|line| line.starts_with(&format!("{name}:")))?.split(':').collect();
        Some((name.to_owned(), fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
    };
    let root = std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").ok()?) == 0;
    if root { of("postgres").or_else(|| of("nobody")) } else { None }
}

/// Where `initdb` and `pg_ctl` are.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    std::env::split_paths(&path).chain(installed).find(|folder| folder.join("initdb").exists()).expect("initdb in PATH or below /usr/lib/postgresql")
}
