using InstructKit.Yaml;

namespace InstructKit.Tasks;

/// <summary>One of the locations of a layout's files on the hub: those in the layout, and, if it names no revision, those of the hub's own
/// conversion to Parquet, with the same names or those of its three file layouts.</summary>
/// <param name="Revision">Branch, tag or commit.</param>
/// <param name="Layout">The layout with the patterns of this location.</param>
internal sealed record HubVariant(string Revision, Layout Layout)
{
    /// <summary>The default branch.</summary>
    public const string Main = "main";

    /// <summary>The branch of the hub's conversion to Parquet.</summary>
    public const string Converted = "refs/convert/parquet";

    private const string PartialMark = "partial-";

    /// <summary>The locations in search order. The layout must name a hub dataset.</summary>
    public static IReadOnlyList<HubVariant> Of(Layout layout)
    {
        if (layout.Hub is not { } hub) return [];

        List<HubVariant> variants = [new(hub.Revision ?? Main, layout)];
        if (hub.Revision is null)
        {
            var config = hub.Config ?? "default";
            variants.Add(new(Converted, layout));
            variants.Add(new(Converted, With(layout, split => $"{config}/{split}/*.parquet")));
            variants.Add(new(Converted, With(layout, split => $"{config}/*-{split}.parquet")));
            variants.Add(new(Converted, With(layout, split => $"{config}/*-{split}-?????-of-?????.parquet")));
        }

        return variants;
    }

    /// <summary>The location of splits that the conversion truncated: <c>config/partial-split/*.parquet</c>; null for patterns without a folder for the split.</summary>
    public HubVariant? Partial()
    {
        var globs = Layout.Splits.SelectMany(split => split.Parts).SelectMany(part => part.Globs).Select(glob => glob.Text).ToList();
        return Revision == Converted && globs.TrueForAll(glob => glob.Split('/').Length == 3)
            ? this with { Layout = Change(Layout, (_, glob) => glob.Insert(glob.IndexOf('/', StringComparison.Ordinal) + 1, PartialMark)) }
            : null;
    }

    /// <summary>True for a path matched by <see cref="Partial"/>.</summary>
    public static bool IsPartial(string path) => path.Split('/') is [_, var folder, _] && folder.StartsWith(PartialMark, StringComparison.Ordinal);

    // The hub's name of a split is in the name of its file or folder; the key in the task file may differ.
    private static Layout With(Layout layout, Func<string, string> pattern) => Change(layout, (split, glob) =>
    {
        var parts = glob.Split('/');
        var end = parts[^1].IndexOf("-*", StringComparison.Ordinal);
        var name = end > 0 ? parts[^1][..end] : parts is [.., var folder, "*.parquet"] ? folder : split;
        return pattern(name.AsSpan().ContainsAny('*', '?') ? split : name);
    });

    private static Layout Change(Layout layout, Func<string, string, string> change) => layout with
    {
        Splits =
        [
            .. layout.Splits.Select(split => split with
            {
                Parts = [.. split.Parts.Select(part => part with { Globs = [.. part.Globs.Select(glob => Scalar(glob, change(split.Name, glob.Text)))] })],
            }),
        ],
    };

    private static YamlScalar Scalar(YamlScalar glob, string text) => new(text, ScalarForm.DoubleQuoted, glob.Span);
}
