namespace InstructKit.Parquet.Schema;

/// <summary>The place of an element in the schema. Joined to text only when a message needs it: a name may be long and stand above thousands of leaves.</summary>
/// <param name="Parent">The element above; null below the root.</param>
/// <param name="Name">Name of the element.</param>
internal sealed record SchemaPath(SchemaPath? Parent, string Name)
{
    /// <summary>Number of elements from the root down to this one, the root not counted.</summary>
    public int Depth { get; } = (Parent?.Depth ?? 0) + 1;

    /// <summary>The names with dots between them.</summary>
    public override string ToString()
    {
        var names = new string[Depth];
        var place = this;
        for (var i = names.Length - 1; place is not null; i--, place = place.Parent) names[i] = place.Name;

        return string.Join('.', names);
    }
}
