using InstructKit.Diagnostics;
using InstructKit.Sources.Files;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>
/// Imports task files of lm-evaluation-harness (commit 4e7e0d4): includes are resolved, texts stay as they are, in the dialect <c>lm-eval</c>. Python
/// functions are refused by name; groups are told as such.
/// </summary>
public static class LmEvalImporter
{
    /// <summary>Imports files, and every task file below folders, in ordinal order.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <exception cref="DiagnosticException">Something cannot be read (IK2017).</exception>
    public static ImportResult Import(IReadOnlyList<string> paths)
    {
        var collector = new ImportCollector();
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                Import(path, isNamed: true, collector);
                continue;
            }

            var files = Directory.GetFiles(path, "*.yaml", SearchOption.AllDirectories);
            Array.Sort(files, StringComparer.Ordinal);
            foreach (var file in files) Import(file, isNamed: false, collector);
        }

        return collector.Result(paths, "no task file");
    }

    private static void Import(string path, bool isNamed, ImportCollector collector)
    {
        YamlMap map;
        try
        {
            map = LmEvalFile.Load(path);
        }
        catch (DiagnosticException exception) when (!TextFile.IsUnreadable(exception))
        {
            collector.LeaveOut(ImportCodes.Unreadable, "This task file cannot be read.", exception.Diagnostics);
            return;
        }

        switch (map.Find("task"))
        {
            case YamlScalar { IsNull: false } name when map.Find("group") is null or YamlScalar { IsNull: true } || map.Find("doc_to_text") is not null:
                new LmEvalTask(name, map, collector).Import();
                break;
            case null when map.Find("group") is null:
                // Files without a name are there to be included.
                if (isNamed)
                    collector.LeaveOut(ImportCodes.WrongForm, "The file has no 'task': it is a part that task files include.", map.Span with { Length = 0 });

                break;
            case var members:
                var group = (map.Find("group") as YamlScalar ?? members as YamlScalar)?.Text ?? Path.GetFileNameWithoutExtension(path);
                collector.LeaveOut(
                    ImportCodes.Group, $"'{group}' is a group of tasks; it has no rows and no template of its own.", map.Span with { Length = 0 }, "Import the files of its tasks.");
                break;
        }
    }
}
