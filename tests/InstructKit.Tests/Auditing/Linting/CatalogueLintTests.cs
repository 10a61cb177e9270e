using InstructKit.Auditing.Linting;
using InstructKit.Building.Selection;
using Xunit;

namespace InstructKit.Tests.Auditing.Linting;

public sealed class CatalogueLintTests
{
    [Fact]
    public void The_shipped_catalogue_is_clean_over_the_shipped_samples()
    {
        var catalogue = TaskRegistry.Open(RepositoryRoot.At("templates", "flan"), []);
        var linter = new Linter(catalogue.Tasks, new LintSettings { Data = [RepositoryRoot.At("samples", "data")] });
        var findings = linter.Run(catalogue.Tasks.Keys);
        Assert.DoesNotContain(findings, finding => finding.Diagnostic.Severity != Severity.Info);
        // Every task has samples.
        Assert.DoesNotContain(findings, finding => finding.Rule == LintCodes.NoRows);
    }
}
