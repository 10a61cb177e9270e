using InstructKit.Yaml;

namespace InstructKit.Protocol;

/// <summary>The content of <c>clusters.yaml</c>: the schemes, and the tasks that read the same source rows.</summary>
/// <param name="Schemes">Cluster schemes, the default first.</param>
/// <param name="SameSource">Groups of tasks that share source rows: when one is held out, the others would leak it.</param>
public sealed record ClusterFile(IReadOnlyList<ClusterScheme> Schemes, IReadOnlyList<IReadOnlyList<string>> SameSource)
{
    private const int MaxLevel = 100;

    /// <summary>Reads the file.</summary>
    /// <exception cref="DiagnosticException">It is invalid (IK20xx); all findings are in the exception.</exception>
    public static ClusterFile Load(string path, YamlIndex? index = null)
    {
        List<Diagnostic> diagnostics = [];
        var form = new YamlForm(YamlFile.Load(path, index), "A cluster file", diagnostics);
        List<ClusterScheme> schemes = [];
        foreach (var entry in form.TakeMap("schemes")?.Entries ?? [])
        {
            if (form.Below(entry.Value, "A scheme", $"The scheme '{entry.Key.Text}'") is { } scheme) schemes.Add(ReadScheme(entry.Key.Text, scheme, schemes));
        }

        List<IReadOnlyList<string>> same = [];
        foreach (var group in form.TakeList("same_source")?.Items ?? []) same.Add([.. form.Scalars("same_source", group).Select(scalar => scalar.Text)]);

        form.Finish();
        return diagnostics.Count > 0 ? throw DiagnosticException.InOrder(diagnostics) : new ClusterFile(schemes, same);
    }

    private static ClusterScheme ReadScheme(string key, YamlForm form, List<ClusterScheme> earlier)
    {
        var title = form.RequireScalar("title")?.Text ?? key;
        var cite = form.TakeScalar("cite")?.Text;
        // A scheme may add clusters to those of an earlier one.
        var like = form.TakeChoice("like", [.. earlier.Select(scheme => scheme.Key)]);
        var list = form.TakeList("clusters")?.Items ?? [];
        var leaves = form.TakeMap("leaves_with");
        form.Finish();

        List<Cluster> clusters = like is { } index ? [.. earlier[index].Clusters] : [];
        foreach (var item in list)
        {
            if (form.Below(item, "A cluster") is { } cluster) clusters.Add(ReadCluster(cluster, leaves));
        }

        var keys = clusters.Select(cluster => cluster.Key).ToList();
        foreach (var entry in leaves?.Entries ?? [])
        {
            foreach (var name in form.Scalars("leaves_with", entry.Value).Prepend(entry.Key)) form.ChoiceOf("leaves_with", name, keys);
        }

        return new ClusterScheme(key, title, cite, clusters);
    }

    private static Cluster ReadCluster(YamlForm form, YamlMap? leaves)
    {
        var key = form.RequireScalar("key")?.Text ?? string.Empty;
        var title = form.TakeScalar("title")?.Text ?? key;
        var level = (int?)form.TakeInteger("level", 1, MaxLevel);
        var aliases = form.TakeScalars("aliases").Select(scalar => scalar.Text).ToList();
        // A scheme may consist of datasets with several tasks (the paper) or of tasks (the code).
        List<ClusterDataset> datasets = [.. form.TakeScalars("tasks").Select(task => new ClusterDataset(task.Text, [task.Text]))];
        foreach (var item in form.TakeList("datasets")?.Items ?? [])
        {
            if (form.Below(item, "A dataset") is not { } dataset) continue;

            datasets.Add(new ClusterDataset(dataset.RequireScalar("name")?.Text ?? string.Empty, [.. dataset.TakeScalars("tasks").Select(task => task.Text)]) { Level = (int?)dataset.TakeInteger("level", 1, MaxLevel) });
            dataset.Finish();
        }

        form.Finish();
        var with = leaves?.Find(key) is { } node ? form.Scalars("leaves_with", node).Select(scalar => scalar.Text).ToList() : [];
        return new Cluster(key, title, aliases, datasets, with) { Level = level };
    }
}
