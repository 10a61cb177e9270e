namespace InstructKit.Parquet.Reading;

/// <summary>
/// The border to the caller: adds the place to errors, and turns the runtime's own complaints about an index or a size, which only broken files can
/// cause, into errors of the file.
/// </summary>
internal static class Guarded
{
    public static T Run<T>(string file, int? rowGroup, string? column, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (ParquetException problem)
        {
            throw problem.At(file, rowGroup, column);
        }
        catch (Exception problem) when (problem is IndexOutOfRangeException or ArgumentException or ArithmeticException or InvalidDataException)
        {
            throw ParquetException.Corrupt("the file contradicts itself", problem).At(file, rowGroup, column);
        }
    }

    public static void Run(string file, int? rowGroup, string? column, Action work) => Run(file, rowGroup, column, () =>
    {
        work();
        return true;
    });
}
