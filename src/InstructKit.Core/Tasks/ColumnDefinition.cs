namespace InstructKit.Tasks;

/// <summary>A column of a task's canonical row.</summary>
/// <param name="Name">Name, an identifier of the template language.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Nullable">True when a row may have no value there.</param>
public sealed record ColumnDefinition(string Name, ColumnType Type, bool Nullable)
{
    /// <summary>The type as task files spell it, such as <c>int?</c>.</summary>
    public string TypeText => Type.ToString().ToLowerInvariant() + (Nullable ? "?" : string.Empty);
}
