//! `catchment check`: whether every balance and state is what it is derived from.

use super::{Failure, place::SealedPlace};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use kernel::{AgentId, RepositoryError};
use std::io::{self, Write};
use storage::{Checked, Database, Equation};

/// How many differences of one equation are shown; all are counted.
const DIFFERENCES_SHOWN: usize = 20;

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    place: SealedPlace,
}

impl Check {
    pub(super) fn run(self) -> Result<(), Failure> {
        let database = self.place.open()?;
        let agents =
            database.read::<_, RepositoryError>(storage::ConsistencyRepository::list_agents_to_check)?;
        let progress = bar(agents.len().saturating_mul(Equation::ALL.len()));
        let mut broken = 0;
        for equation in Equation::ALL {
            progress.set_message(equation.name());
            let checked = check_agents(&database, equation, &agents, &progress)?;
            broken += usize::from(!checked.differences.is_empty());
            progress.suspend(|| report(equation, &checked))?;
        }
        progress.finish_and_clear();
        match broken {
            0 => Ok(()),
            1 => Err("1 equation does not hold".into()),
            _ => Err(format!("{broken} equations do not hold").into()),
        }
    }
}

/// Each agent in a snapshot of its own, so that a server beside is neither disturbed nor misread.
fn check_agents(
    database: &Database,
    equation: Equation,
    agents: &[AgentId],
    progress: &ProgressBar,
) -> Result<Checked, RepositoryError> {
    let mut all = Checked::default();
    for agent_id in agents {
        let checked =
            database.read::<_, RepositoryError>(|session| session.check_equation(equation, *agent_id))?;
        all.rows = all.rows.saturating_add(checked.rows);
        all.differences.extend(checked.differences);
        progress.inc(1);
    }
    Ok(all)
}

fn report(equation: Equation, checked: &Checked) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let (name, rows, different) = (equation.name(), checked.rows, checked.differences.len());
    if different == 0 {
        return writeln!(out, "holds   {name}: {rows} checked");
    }
    writeln!(out, "BROKEN  {name}: {rows} checked, {different} different")?;
    for difference in checked.differences.iter().take(DIFFERENCES_SHOWN) {
        writeln!(
            out,
            "        {}: expected {}, found {}",
            difference.row, difference.expected, difference.found
        )?;
    }
    match different.checked_sub(DIFFERENCES_SHOWN) {
        Some(more) if more > 0 => writeln!(out, "        and {more} more"),
        _ => Ok(()),
    }
}

/// Shown on a terminal only.
fn bar(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}");
    let bar = ProgressBar::new(steps.try_into().unwrap_or(u64::MAX));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
