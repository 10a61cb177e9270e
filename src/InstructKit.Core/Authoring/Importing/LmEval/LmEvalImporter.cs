using InstructKit.Authoring.Importing.Python;
using InstructKit.Yaml;

namespace InstructKit.Authoring.Importing.LmEval;

/// <summary>
/// Imports task files of lm-evaluation-harness (commit 4e7e0d4): includes are resolved, texts stay unchanged, in the dialect <c>lm-eval</c>; groups and
/// tags become clusters. Python functions are rejected by name; settings that the import does not apply are reported for each task.
/// </summary>
public static class LmEvalImporter
{
    /// <summary>Imports files, and every task file below folders, in ordinal order.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <exception cref="DiagnosticException">Something cannot be read (IK2017).</exception>
    public static ImportResult Import(IReadOnlyList<string> paths)
    {
        var collector = new ImportCollector();
        var files = new LmEvalFile(collector);
        var groups = new LmEvalGroups(files, collector);
        foreach (var path in paths)
        {
            var isNamed = !Directory.Exists(path);
            foreach (var file in ImportFiles.In(path, "*.yaml")) Read(file, isNamed, files, groups, collector);
        }

        groups.Resolve();
        var modules = new PythonModules();
        foreach (var task in groups.Tasks) new LmEvalTask(task, groups.ClustersOf(task), modules, collector).Import();

        return collector.Result(paths, "no task file");
    }

    private static void Read(string path, bool isNamed, LmEvalFile files, LmEvalGroups groups, ImportCollector collector)
    {
        if (collector.Try(() => files.Load(path), ImportCodes.Unreadable, "This task file cannot be read.") is not { } map) return;

        switch (map.Find("task"))
        {
            case YamlScalar { IsNull: false } name when map.Find("group") is null or YamlScalar { IsNull: true } || map.Find("doc_to_text") is not null:
                groups.AddTask(new LmEvalDefinition(name, map));
                break;
            case null when map.Find("group") is null:
                // Files without a name are only for inclusion.
                if (isNamed)
                    collector.LeaveOut(ImportCodes.WrongForm, "The file has no 'task': it is a part that task files include.", map.Span with { Length = 0 });

                break;
            case var members:
                var group = map.Find("group") as YamlScalar ?? members as YamlScalar;
                groups.AddGroup(group?.Text ?? Path.GetFileNameWithoutExtension(path), path, map);
                break;
        }
    }
}
