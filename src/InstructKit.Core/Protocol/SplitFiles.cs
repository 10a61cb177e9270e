using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Protocol;

/// <summary>Reads the published splits: one file per family.</summary>
public static class SplitFiles
{
    /// <summary>All splits of a folder, families in ordinal order of the file names; empty if there is no such folder.</summary>
    /// <exception cref="DiagnosticException">A file is invalid (IK20xx).</exception>
    public static IReadOnlyList<TaskSplit> Load(string folder, YamlIndex? index = null)
    {
        if (!Directory.Exists(folder)) return [];

        var paths = Directory.GetFiles(folder, "*.yaml");
        Array.Sort(paths, StringComparer.Ordinal);
        List<Diagnostic> diagnostics = [];
        List<TaskSplit> splits = [];
        foreach (var path in paths)
        {
            var form = new YamlForm(YamlFile.Load(path, index), "A split file", diagnostics);
            var family = form.RequireScalar("family")?.Text ?? string.Empty;
            var scheme = form.TakeScalar("scheme")?.Text;
            form.Take("cite");
            form.Take("rule");
            var overlaps = form.TakeBoolean("overlaps") ?? false;
            foreach (var item in form.TakeList("splits")?.Items ?? [])
            {
                if (form.Below(item, "A split") is { } split) splits.Add(ReadSplit(split, family, overlaps) with { Scheme = scheme });
            }

            form.Finish();
        }

        return diagnostics.Count > 0 ? throw DiagnosticException.InOrder(diagnostics) : splits;
    }

    private static TaskSplit ReadSplit(YamlForm form, string family, bool overlaps)
    {
        var name = form.RequireScalar("name");
        form.Take("also_excluded");
        var templates = (int?)form.TakeInteger("templates", 1, 1000);
        IReadOnlyList<string> train = [.. form.TakeScalars("train").Select(scalar => scalar.Text)];
        IReadOnlyList<string> test = [.. form.TakeScalars("test").Select(scalar => scalar.Text)];
        form.Finish();

        // A split checks itself: neither side empty, no task on both unless the family intends it.
        if (name is not null && (train.Count == 0 || test.Count == 0))
            form.Error(TaskCodes.EmptySelection, $"The split '{name.Text}' has an empty side.", name.Span);

        if (name is not null && !overlaps && train.Intersect(test, StringComparer.Ordinal).FirstOrDefault() is { } both)
            form.Error(TaskCodes.Leak, $"The split '{name.Text}' trains on '{both}' and tests it.", name.Span);

        return new TaskSplit(name?.Text ?? string.Empty, family, train, test, templates, overlaps);
    }
}
